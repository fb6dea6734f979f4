"""The job of partners allocate."""
