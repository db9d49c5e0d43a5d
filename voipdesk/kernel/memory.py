"""Memory that large arrays have left is given back to the system."""

import ctypes
import sys

LARGE = 1 << 20
"""Bytes: anything larger has pages of its own, which go when it goes."""

_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of malloc.h."""


def give_back() -> bool:
    """Keep glibc from holding on to the room of arrays for the next ones; True where there is anything to say.

    Each large block that is freed makes glibc treat larger ones (up to 32 MB) as small: columns of a large table then leave
    holes of hundreds of megabytes. Telling it the limit once keeps it there. Windows and macOS give back by themselves.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_MMAP_THRESHOLD, LARGE) == 1
