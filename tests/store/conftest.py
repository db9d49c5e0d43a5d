"""A fresh workspace and somebody to act on it."""

from pathlib import Path

import pytest

from voipdesk.kernel.changes import Actor
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7


@pytest.fixture
def db(tmp_path: Path):
    database = Database.create(tmp_path / "desk.vdesk")
    yield database
    database.close()


@pytest.fixture
def sara() -> Actor:
    return Actor(uuid7(), "admin", "sara")
