"""The rules a plan of a day must keep, one idea per file."""
