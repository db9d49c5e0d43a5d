"""The command line: the same commands as the screens."""
