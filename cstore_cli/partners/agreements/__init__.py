"""What `check` finds in agreements."""
