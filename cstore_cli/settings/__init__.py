"""YAML read into frozen settings, every fault named by line and column."""
