"""A contract per CSV, reading with quarantine, writing whole."""
