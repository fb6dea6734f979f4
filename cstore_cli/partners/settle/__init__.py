"""The job of partners settle."""
