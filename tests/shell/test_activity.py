"""Who did what: everything one's own people did, nothing of a sibling, and the way back from big things."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.published import publish_rates
from tests.windows import close, show
from tests.worlds import World, acme
from voipdesk.accounts.commands import add_alias, create_account
from voipdesk.accounts.queries_activity import activity
from voipdesk.kernel.problems import NotAllowed
from voipdesk.rates.queries import rate_for
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import Terms


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with acme(tmp_path) as made:
        yield made


def test_everybody_sees_what_his_own_people_did(world: World) -> None:
    create_account(world.db, world.rami, name="Delta Cafe", level="company")
    add_alias(world.db, world.zoe, account="Zeta Shop", kind="account", value="ZETA-2")
    labels = {
        who: [one.label for one in activity(world.db, getattr(world, who))] for who in ("sara", "rami", "zoe")
    }
    assert any("Delta Cafe" in one for one in labels["rami"])
    assert not any("Delta Cafe" in one for one in labels["zoe"])
    assert len(labels["zoe"]) == 1
    assert "Assign plan DR Retail to Delta Shop" in labels["rami"]
    assert len(labels["sara"]) > len(labels["rami"]) + len(labels["zoe"])
    with pytest.raises(NotAllowed):
        activity(world.db, world.uma)


def test_an_undone_change_says_so(world: World) -> None:
    create_account(world.db, world.rami, name="Delta Cafe", level="company")
    world.db.undo(world.rami)
    undo, done = activity(world.db, world.rami)[:2]
    assert (undo.kind, done.kind, done.is_undone) == ("undo", "do", True)
    assert done.touched == {"account": 1}


def test_published_rates_are_taken_back_from_the_page(qtbot: QtBot, world: World) -> None:
    rates = [NewRate("447", Terms(Decimal("0.0300")), "UK Mobile")]
    since = world.at("2026-11-01 00:00")
    publish_rates(world.db, world.sara, table="Aurora A-Z", rows=rates, effective=since)
    seen = show(qtbot, world, "sara", "activity")
    seen.settle()
    page = seen.page
    newest = activity(world.db, world.sara)[0]
    assert page.grid.go_to(newest.seq)
    assert page.revert.isEnabled()
    seen.ask.answers.append(True)
    seen.press("revert")
    seen.settle()
    found = rate_for(world.db, world.sara, "Aurora A-Z", "447700900123", world.at("2026-11-20 12:00"))
    assert found is not None
    assert found.terms.price == Decimal("0.0250")
    again = next(one for one in activity(world.db, world.sara) if one.seq == newest.seq)
    assert again.is_undone
    assert not page.revert.isEnabled()
    close(seen)
