"""The page of what waits on stores' shelves: of `track board` and `expire-holds`."""
