"""Decks that a run leaves for the next: taken again where nothing has changed, and never where something has."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.calls.conftest import Writer
from tests.published import publish_rates
from tests.rates.conftest import rate
from tests.worlds import SINCE, World
from voipdesk.calls import commands
from voipdesk.calls.commands import kept
from voipdesk.calls.engine_run import Table
from voipdesk.rates import commands as rates
from voipdesk.rates import queries as known
from voipdesk.rates.rules import NewRate
from voipdesk.rating.engine import number_key
from voipdesk.rating.rules import Terms

PREFIX = "2010"
HEAD = "id,account,caller,called,start,answer,duration,disposition\n"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept._tables.clear()
    yield
    kept._tables.clear()


def deck(world: World, *, named: bool = False) -> Table:
    with world.db.read() as conn:
        found = known.default_table(conn)
        assert found is not None
        return kept.table(conn, found.id, found.number, with_destinations=named)


def price(world: World) -> int:
    """What Egypt Mobile costs by the deck that a run would take, x 10^8; the row in force comes last."""
    one = deck(world).deck
    rows = [row for row, key in enumerate(one.keys.tolist()) if key == number_key(PREFIX)]
    return int(one.terms.price[rows[-1]])


def publish(world: World, text: str) -> None:
    publish_rates(world.db, world.sara, table=None, rows=[rate(PREFIX, text)], effective=SINCE)


def test_the_same_rates_are_not_read_twice(world: World) -> None:
    first = deck(world)
    assert deck(world) is first
    with pytest.raises(ValueError, match="read-only"):
        first.deck.terms.price[0] = 0
    named = deck(world, named=True)
    assert named is not first
    assert "Cuba" in named.base.destinations
    assert first.base.destinations == ("",)
    commands.rate_calls(world.db, world.sara)
    assert deck(world) is first


def test_a_new_version_and_its_revert_are_seen(world: World) -> None:
    assert price(world) == 10_500_000
    publish(world, "0.2")
    assert price(world) == 20_000_000
    rates.revert_version(world.db, world.sara, table=None, locked=None)
    assert price(world) == 10_500_000
    publish(world, "0.3")
    assert price(world) == 30_000_000


def test_a_copy_of_the_file_goes_its_own_way(world: World, tmp_path: Path) -> None:
    publish(world, "0.2")
    assert price(world) == 20_000_000
    rates.revert_version(world.db, world.sara, table=None, locked=None)
    world.close()
    with World(Path(shutil.copy(world.path, tmp_path / "other.vdesk"))) as other:
        publish(other, "0.4")
        assert price(other) == 40_000_000
        with World(world.path) as again:  # The next version has the same number here and there.
            publish(again, "0.5")
            assert price(again) == 50_000_000
            assert price(other) == 40_000_000


def test_hours_and_names_of_bands_are_seen(world: World) -> None:
    rates.add_band(world.db, world.sara, table=None, name="peak", hours=[(0, 480, 1200)])
    banded = NewRate(PREFIX, Terms(Decimal("0.2")), band="peak")
    publish_rates(world.db, world.sara, table=None, rows=[banded], effective=SINCE)
    before = deck(world).deck.bands
    assert [one.name for one in before] == ["peak"]
    rates.change_band(world.db, world.sara, table=None, name="peak", hours=[(1, 480, 1200)])
    changed = deck(world).deck.bands
    assert changed != before
    rates.change_band(world.db, world.sara, table=None, name="peak", hours=[(1, 480, 1200)], new_name="busy")
    assert [one.name for one in deck(world).deck.bands] == ["busy"]


def test_rates_written_from_outside_are_seen(world: World) -> None:
    before = deck(world)
    with world.db.write("Outside", world.sara, undoable=False) as write:
        write.raw.execute("DELETE FROM rate WHERE id = (SELECT max(id) FROM rate)")
    assert len(deck(world).deck) == len(before.deck) - 1


def test_old_decks_go_first_and_the_last_one_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, named = deck(world), deck(world, named=True)
    assert deck(world) is first
    monkeypatch.setattr(kept, "MOST", len(first.deck) + 1)
    publish(world, "0.2")
    last = deck(world)
    assert list(kept._tables.values()) == [last]
    monkeypatch.setattr(kept, "MOST", 0)
    assert deck(world) is last
    assert deck(world, named=True) is not named
    assert len(kept._tables) == 1


def test_a_run_after_a_publish_charges_the_new_price(world: World, file_of: Writer) -> None:
    line = "1,NILE,1000,+201012345678,2026-11-20 10:00:00,2026-11-20 10:00:00,60,ANSWERED\n"
    commands.import_calls(world.db, world.sara, file_of(HEAD + line), zone="UTC")
    assert commands.rate_calls(world.db, world.sara).cost == Decimal("0.105")
    publish(world, "0.2")
    assert commands.rate_calls(world.db, world.sara, rerate=True).cost == Decimal("0.2")
