"""The job of expire-holds: which parcels have waited too long, and why."""
