"""How much memory this process has taken at most, on each system."""

import sys


def peak_megabytes() -> int:
    """The greatest resident memory so far, in MB."""
    if sys.platform == "win32":
        return _of_windows() >> 20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> (20 if sys.platform == "darwin" else 10)  # bytes there, kilobytes on Linux


def _of_windows() -> int:
    """PeakWorkingSetSize of PROCESS_MEMORY_COUNTERS, in bytes."""
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy on other systems does not know it
    counters = (ctypes.c_size_t * 10)()  # Two 32-bit words first, then sizes; the peak is the first of them.
    counters[0] = ctypes.sizeof(counters)
    kernel.K32GetProcessMemoryInfo(ctypes.c_void_p(-1), ctypes.byref(counters), ctypes.sizeof(counters))
    return int(counters[1])
