"""The job of partners review."""
