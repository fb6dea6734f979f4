"""The pages of `cstore partners`: what a manager looks at, a file per subcommand."""
