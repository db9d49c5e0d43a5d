"""Room of large arrays goes back to the system."""

import subprocess
import sys

import pytest

CODE = """
import sys
from voipdesk.kernel.memory import give_back

def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024

if sys.argv[1] == "told":
    assert give_back()
for megabytes in (8, 16, 31):  # Each teaches glibc that the next is small.
    bytearray(megabytes << 20)
before = resident()
columns = [bytearray(8 << 20) for _ in range(20)]
between = columns[-1] = bytearray(8 << 20)
del columns[:-1]
print(resident() - before)
"""


def left(word: str) -> int:
    """Megabytes more than before, when all of twenty columns but the last are gone."""
    ran = subprocess.run([sys.executable, "-c", CODE, word], capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_columns_that_went_leave_no_holes() -> None:
    kept = left("silent")
    if kept < 100:
        pytest.skip("this malloc gives back by itself")
    assert left("told") < 16
