"""Site stores: what each site is worth, which to open, who is served from where."""
