"""From transactions as they were written to a history; what was odd is told."""
