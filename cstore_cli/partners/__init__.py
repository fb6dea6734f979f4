"""Partners: ranked, given volumes, settled with, reviewed, and shared with."""
