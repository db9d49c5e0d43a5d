"""A workspace with one rate table, and its admin."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from voipdesk.accounts import queries as people
from voipdesk.accounts.commands import create_account, create_login, start_workspace
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import Clock
from voipdesk.rates import commands
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import Terms
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from tests.rates.screen import Seen

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """A database, its admin, and a table called Aurora in USD."""

    db: Database
    admin: Actor
    table_id: UUID

    def publish(self, *rows: NewRate, at: datetime = OCTOBER) -> dict[str, int]:
        return publish_rates(self.db, self.admin, table="Aurora", rows=rows, effective=at).counts

    def reseller(self) -> Actor:
        create_account(self.db, self.admin, name="Delta Resell", level="reseller")
        create_login(self.db, self.admin, account="Delta Resell", name="rami")
        return people.actor_named(self.db, "rami")


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace file made once, to be copied."""
    path = tmp_path_factory.mktemp("rates") / "empty.vdesk"
    start_workspace(path, company="Acme VoIP", currency="USD", zone="Africa/Cairo", clock=Clock(NOW)).close()
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_desk: Path) -> Iterator[Desk]:
    db = Database(Path(shutil.copy(empty_desk, tmp_path / "desk.vdesk")), Clock(NOW))
    admin = people.actor_named(db)
    table = commands.create_table(db, admin, name="Aurora", currency="USD")
    yield Desk(db, admin, table.id)
    db.close()


def rate(prefix: str, price: str = "0.01", destination: str = "", **terms: object) -> NewRate:
    return NewRate(prefix, Terms(Decimal(price), **terms), destination)  # type: ignore[arg-type]


@pytest.fixture(params=["threads", "inline"])
def seen(
    request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path, isolated_home: Path
) -> Iterator["Seen"]:
    """A window at the rates, its work done in threads or at once."""
    from tests.rates.screen import window_at_rates
    from voipdesk.kit.jobs import InlineJobs, Jobs

    with window_at_rates(qtbot, tmp_path, Jobs if request.param == "threads" else InlineJobs) as made:
        yield made
