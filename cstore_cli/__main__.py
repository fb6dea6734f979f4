"""`cstore`, and `python -m cstore_cli`; processes at work load this, so it is light."""

from cstore_cli.interrupt import end_at_once_on_ctrl_c


def main() -> None:
    """Run `cstore`, of which Ctrl-C ends the loading, too."""
    end_at_once_on_ctrl_c()
    from cstore_cli import app  # noqa: PLC0415

    app.main()


if __name__ == "__main__":
    main()
