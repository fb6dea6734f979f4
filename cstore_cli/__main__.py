"""`python -m cstore_cli` is `cstore`."""

from cstore_cli.app import main

if __name__ == "__main__":
    main()
