"""`voipdesk`: the desktop program without a subcommand, the command line with one."""


def main() -> None:
    """Run the command line; the window comes with the shell."""
    from voipdesk.cli import main as command_line

    command_line.run()


if __name__ == "__main__":
    main()
