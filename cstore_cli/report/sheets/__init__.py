"""Printable sheets of a plan: for drivers, stores and couriers."""
