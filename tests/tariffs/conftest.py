"""The common world for the tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds import World, acme


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as made:
        yield made
