"""A file per subcommand: settings, read, job, write."""
