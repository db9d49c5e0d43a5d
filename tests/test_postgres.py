"""The server that other tests stand on is a real one, and runs as nobody."""

import os
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Server, find_binaries, is_reachable, with_database
from voipdesk.kernel.money import UNIT

LARGEST = Decimal("9999999999.99999999")


@pytest.mark.parametrize(
    "amount", [Decimal(0), Decimal("0.00000001"), Decimal("-12.34567891"), LARGEST, -LARGEST]
)
def test_scaled_money_returns_exactly(postgres_database: str, amount: Decimal) -> None:
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE ledger (amount BIGINT NOT NULL)")
        connection.execute("INSERT INTO ledger VALUES (%s)", [int(amount * UNIT)])
        connection.execute("INSERT INTO ledger VALUES (%s)", [int(amount * UNIT)])
        row = connection.execute("SELECT min(amount), sum(amount)::text FROM ledger").fetchone()
    assert row is not None
    assert (Decimal(row[0]) / UNIT, Decimal(row[1]) / UNIT) == (amount, 2 * amount)


@pytest.mark.parametrize("visit", ["first", "second"])
def test_each_test_has_a_database_of_its_own(postgres_database: str, visit: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE only_here (n INT)")


def test_server_is_not_root(postgres_url: str) -> None:
    if os.environ.get("VOIPDESK_TEST_PG") or os.name == "nt":
        pytest.skip("not our own server, or no Unix users here")
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute(
            "SELECT current_setting('data_directory'), current_setting('listen_addresses')"
        ).fetchone()
    assert row is not None
    # Postgres itself insists that its folder belongs to the user it runs as.
    assert os.stat(row[0]).st_uid != 0
    assert row[1] == ""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root has to step down")
@pytest.mark.parametrize("binaries", find_binaries(), ids=lambda binaries: binaries.parent.name)
def test_binaries_in_a_closed_folder_are_copied(tmp_path: Path, binaries: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "site").symlink_to(binaries.parents[2])
    hidden = closed / "site" / binaries.relative_to(binaries.parents[2])
    server = Server(hidden)
    try:
        assert not is_reachable(hidden)
        assert server.binaries.is_relative_to(server.folder)
    finally:
        server.stop()
    assert not server.folder.exists()


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgresql://me@host:5/one", "postgresql://me@host:5/two"),
        ("postgresql://me@/one?host=%2Ftmp&port=1", "postgresql://me@/two?host=%2Ftmp&port=1"),
        ("postgresql://me:pw@host", "postgresql://me:pw@host/two"),
    ],
)
def test_another_database_of_the_same_server(url: str, other: str) -> None:
    assert with_database(url, "two") == other
