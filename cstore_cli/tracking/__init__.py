"""The job of track: what partners say, in our words, and what we tell them."""
