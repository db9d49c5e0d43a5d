"""Which half of the program the arguments ask for; nothing heavy is imported to find out."""

from collections.abc import Sequence

_WITH_VALUE = frozenset({"--workspace", "--user", "--page"})
_FLAGS = frozenset({"--sample", "--json"})


def wants_window(arguments: Sequence[str]) -> bool:
    """True without a subcommand: only options of the window."""
    waiting = False
    for argument in arguments:
        if waiting:
            waiting = False
        elif argument.split("=")[0] in _WITH_VALUE:
            waiting = "=" not in argument
        elif argument not in _FLAGS:
            return False
    return True
