"""The job of partners rank."""
