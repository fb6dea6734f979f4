"""The job of partners share."""
