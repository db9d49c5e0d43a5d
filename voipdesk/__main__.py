"""`voipdesk`: the desktop program without a subcommand, the command line with one."""

import sys


def main() -> None:
    """Decide from the arguments alone which half is needed, so that the window starts without the other."""
    from voipdesk.cli.arguments import wants_window

    if wants_window(sys.argv[1:]):
        from voipdesk import app

        sys.exit(app.run(sys.argv[1:]))
    from voipdesk.cli import main as command_line

    command_line.run()


if __name__ == "__main__":
    main()
