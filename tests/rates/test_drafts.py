"""Drafts: saved with each gesture, taken back step by step, laid over newer rates, ready to be staged."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.published import publish_rates
from tests.rates.conftest import NOW, OCTOBER, Desk, rate
from tests.rates.test_conditions import CAIRO, DECEMBER, MEANINGS, fill
from voipdesk.kernel.money import Rounding, rounded, to_scaled
from voipdesk.kernel.periods import to_micros
from voipdesk.kernel.problems import Refused
from voipdesk.rates import queries
from voipdesk.rates.commands import drafting
from voipdesk.rates.engine_draft import HERE, Overlay, Texts, interval, packed, part, step, unpacked
from voipdesk.rates.engine_drafted import carried
from voipdesk.rates.engine_view import Sheet, chosen
from voipdesk.rates.queries import Condition, Order, View, drafts
from voipdesk.rates.queries.conditions import span_of
from voipdesk.rates.queries.windows import ORDERS
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import RateState, Terms
from voipdesk.store.database import Database


def units_of(value: Any, unit: int) -> int:
    return int(rounded(value * unit, 0, Rounding.HALF_UP))


def asked(sheet: Sheet, *conditions: Condition, orders: tuple[tuple[str, bool], ...] = ()) -> list[int]:
    spans = lambda text: span_of(text, CAIRO)  # noqa: E731
    return chosen(sheet, conditions, orders, span_of=spans, units_of=units_of).tolist()


def base_sheet(desk: Desk, overlay: Overlay | None = None, texts: Texts | None = None) -> Sheet:
    return Sheet(drafts.draft_base(desk.db, desk.admin, "Aurora"), overlay or Overlay(), texts or Texts())


def ids_of(desk: Desk) -> dict[str, int]:
    found = queries.rows(desk.db, desk.admin, queries.rate_ids(desk.db, desk.admin, "Aurora").tolist())
    return {row.prefix: row.id for row in found}


def keep(desk: Desk, texts: Texts, name: str, place: int, *parts: Any) -> drafts.Draft:
    made = step(name, parts)
    kept = drafts.DraftStep(place, name, False, made.rows, packed(made, texts))
    return drafting.add_step(desk.db, desk.admin, table="Aurora", step=kept)


def overlay_of(found: drafts.Draft | None, texts: Texts) -> Overlay:
    overlay = Overlay()
    for one in found.steps if found else ():
        if not one.is_undone:
            overlay = overlay.apply(unpacked(one.name, one.content, texts))
    return overlay


def test_without_edits_the_arrays_answer_as_the_table_does(desk: Desk) -> None:
    fill(desk)
    sheet = base_sheet(desk)
    words = [Condition("state", "in", words) for words in (["open"], ["blocked", "scheduled"], ["new"])]
    known = [condition for condition, _ in MEANINGS if condition.column != "state"]
    more = [
        Condition("prefix", "like", "%3%"), Condition("prefix", "like", "%3"), Condition("prefix", "like", "2%3"),
        *(Condition("prefix", "like", text) for text in ("4%4", "%4%4%", "%3%2", "2%3%", "%", "5%_", "%4%9%", "x%")),
        *(Condition("destination", "like", text) for text in ("%ONE\\_2%", "%one%", "%cub%", "%b_%", "c%a", "%%")),
        *(Condition("interval", "like", text) for text in ("%1%", "1/1", "%60", "x%")),
        Condition("prefix", "!=", "44"), Condition("price", "!=", Decimal("0.0029")),
        Condition("effective_until", "!=", "2026"), Condition("scheduled_from", ">", "2026-11"),
        Condition("change", "..", Decimal(-50), Decimal(50)), Condition("destination", "blank"),
    ]  # fmt: skip
    for condition in [*known, *more, *words]:
        view = View(filters=queries.Filter(also=(condition,)))
        wanted = queries.rate_ids(desk.db, desk.admin, "Aurora", view).tolist()
        assert asked(sheet, condition) == wanted, condition
    for column in ORDERS:
        for down in (False, True):
            view = View(order=Order(column, is_descending=down), then=(Order("price"),))
            wanted = queries.rate_ids(desk.db, desk.admin, "Aurora", view).tolist()
            assert asked(sheet, orders=((column, down), ("price", False))) == wanted, (column, down)


def test_filter_and_order_see_what_was_edited(desk: Desk) -> None:
    fill(desk)
    ids, texts = ids_of(desk), Texts()
    overlay = Overlay().apply(
        step(
            "x",
            [
                part("price", [ids["20"]], [to_scaled(Decimal("0.0020"))], [to_scaled(Decimal(5))]),
                part("state", [ids["23"]], [0], [2]),
                part(HERE, [-1, -2], [0, 0], [1, 1]),
                part("prefix", [-1, -2], [0, 0], texts.places(["201", "999"])),
                part("destination", [-1], [0], texts.places(["Mars"])),
            ],
        )
    )
    sheet = base_sheet(desk, overlay, texts)
    assert asked(sheet, Condition("price", ">", Decimal(1))) == [ids["20"]]
    assert asked(sheet)[:2] == [ids["20"], -1]
    assert asked(sheet)[-1] == -2
    assert asked(sheet, orders=(("price", True),))[0] == ids["20"]
    assert asked(sheet, Condition("state", "in", ["new"])) == [-1, -2]
    assert asked(sheet, Condition("state", "in", ["closing", "edited"])) == [ids["20"], ids["23"]]
    assert asked(sheet, Condition("destination", "like", "mar%")) == [-1]
    assert asked(sheet, Condition("change", ">", Decimal(1000))) == [ids["20"]]


def test_steps_are_kept_undone_and_done_again(desk: Desk) -> None:
    desk.publish(rate("44"), rate("49"))
    ids, texts = ids_of(desk), Texts()
    assert drafts.draft(desk.db, desk.admin, "Aurora") is None
    keep(desk, texts, "one", 1, part("price", [ids["44"]], [1_000_000], [2_000_000]))
    keep(desk, texts, "two", 2, part("price", [ids["49"]], [1_000_000], [3_000_000]))
    assert list(drafts.drafted_tables(desk.db, desk.admin)) == [desk.table_id]
    undone = drafting.undo_step(desk.db, desk.admin, table="Aurora")
    assert undone is not None
    assert undone.name == "two"
    found = overlay_of(drafts.draft(desk.db, desk.admin, "Aurora"), texts)
    assert found.edited.tolist() == [ids["44"]]
    again = drafting.redo_step(desk.db, desk.admin, table="Aurora")
    assert again is not None
    assert again.name == "two"
    assert drafting.redo_step(desk.db, desk.admin, table="Aurora") is None
    drafting.undo_step(desk.db, desk.admin, table="Aurora")
    keep(desk, texts, "three", 3, part("price", [ids["49"]], [1_000_000], [4_000_000]))
    held = drafts.draft(desk.db, desk.admin, "Aurora")
    assert held is not None
    assert [one.name for one in held.steps] == ["one", "three"]
    assert overlay_of(held, texts).cell("price", ids["49"]) == (1_000_000, 4_000_000)


def test_a_discarded_draft_can_come_back(desk: Desk) -> None:
    desk.publish(rate("44"))
    texts = Texts()
    keep(desk, texts, "one", 1, part("price", [ids_of(desk)["44"]], [1_000_000], [2_000_000]))
    dropped = drafting.discard_draft(desk.db, desk.admin, table="Aurora")
    assert dropped is not None
    assert drafts.draft(desk.db, desk.admin, "Aurora") is None
    assert drafting.discard_draft(desk.db, desk.admin, table="Aurora") is None
    drafting.restore_draft(desk.db, desk.admin, dropped)
    held = drafts.draft(desk.db, desk.admin, "Aurora")
    assert held is not None
    assert [one.name for one in held.steps] == ["one"]
    with pytest.raises(Refused, match="another draft"):
        drafting.restore_draft(desk.db, desk.admin, dropped)


def test_a_reseller_drafts_nothing(desk: Desk) -> None:
    texts = Texts()
    made = drafts.DraftStep(1, "x", False, 1, packed(step("x", [part("price", [1], [1], [2])]), texts))
    with pytest.raises(Refused, match="not part of your account"):
        drafting.add_step(desk.db, desk.reseller(), table="Aurora", step=made)


def test_what_differs_is_ready_to_be_staged(desk: Desk) -> None:
    desk.publish(
        rate("44", "0.01", "UK"), rate("49", "0.02", "Germany", next_price=Decimal("0.03")), rate("53")
    )
    ids, texts = ids_of(desk), Texts()
    later = to_micros(DECEMBER)
    keep(
        desk, texts, "many", 1,
        part("price", [ids["44"]], [1_000_000], [1_500_000]),
        part("next_price", [ids["44"]], [1_000_000], [1_500_000]),
        part("effective_from", [ids["44"]], [to_micros(OCTOBER)], [later]),
        part("interval", [ids["49"]], [interval(1, 1)], [interval(60, 30)]),
        part("state", [ids["53"]], [0], [2]),
        part(HERE, [-1], [0], [1]), part("prefix", [-1], [0], texts.places(["4915"])),
        part("price", [-1], [0], [3_000_000]), part("interval", [-1], [0], [interval(1, 1)]),
    )  # fmt: skip
    found = drafts.drafted_rates(desk.db, desk.admin, "Aurora")
    now = to_micros(NOW)
    assert found.prefix_texts() == ["44", "49", "4915", "53"]
    assert found.effective_from.tolist() == [later, now, now, now]
    assert found.price.tolist() == [1_500_000, 2_000_000, 3_000_000, 1_000_000]
    assert found.next_price.tolist()[1] == 3_000_000
    assert found.initial_interval.tolist() == [1, 60, 1, 1]
    assert found.next_interval.tolist() == [1, 30, 1, 1]
    assert found.state.tolist() == [0, 0, 0, 2]
    assert found.destination_texts()[:2] == ["UK", "Germany"]
    drafting.discard_draft(desk.db, desk.admin, table="Aurora")
    with pytest.raises(Refused, match="changes nothing"):
        drafts.drafted_rates(desk.db, desk.admin, "Aurora")


def test_edits_are_laid_over_newer_rates(desk: Desk) -> None:
    desk.publish(*(rate(prefix, "0.01", "Zone") for prefix in ("44", "49", "53", "960")))
    old, texts = ids_of(desk), Texts()
    prices = [old["44"], old["49"], old["53"]]
    keep(desk, texts, "x", 1, part("price", prices, [1_000_000] * 3, [2_000_000] * 3))
    added = [
        part(HERE, [-1], [0], [1]),
        part("prefix", [-1], [0], texts.places(["33"])),
        part("price", [-1], [0], [9]),
    ]
    keep(desk, texts, "y", 2, *added)
    held = drafts.draft(desk.db, desk.admin, "Aurora")
    assert held is not None
    assert not drafts.is_behind(desk.db, desk.admin, "Aurora", held)
    since = NOW - timedelta(days=1)
    publish_rates(
        desk.db, desk.admin, table="Aurora", effective=since,
        rows=[rate("44", "0.01", "Renamed"), rate("49", "0.03", "Zone"), rate("33", "0.05")],
    )  # fmt: skip
    assert drafts.is_behind(desk.db, desk.admin, "Aurora", held)
    with pytest.raises(Refused, match="laid over"):
        drafts.drafted_rates(desk.db, desk.admin, "Aurora")
    overlay, new = overlay_of(held, texts), ids_of(desk)
    before = drafts.rates_of(desk.db, desk.admin, overlay.edited.tolist())
    found = carried(overlay, texts, before, drafts.draft_base(desk.db, desk.admin, "Aurora"))
    assert [(one.prefix, one.column, one.there, one.here) for one in found.clashes] == [
        ("49", "price", 3_000_000, 2_000_000),
        ("33", "price", 5_000_000, 9),
    ] or {one.prefix for one in found.clashes} == {"33", "49"}
    assert found.gone == ()
    assert sorted(found.overlay.edited.tolist()) == sorted(new[one] for one in ("44", "49", "53", "33"))
    assert found.overlay.cell("price", new["44"]) == (1_000_000, 2_000_000)
    assert found.overlay.cell("price", new["49"]) == (3_000_000, 2_000_000)
    assert found.overlay.cell("price", new["33"]) == (5_000_000, 9)
    assert len(found.overlay.added) == 0


def test_edits_of_a_rate_that_was_closed_are_told_and_left_out(desk: Desk) -> None:
    desk.publish(rate("44"), rate("49"))
    old, texts = ids_of(desk), Texts()
    keep(desk, texts, "x", 1, part("price", [old["44"], old["49"]], [1_000_000] * 2, [2_000_000] * 2))
    desk.publish(NewRate("44", Terms(Decimal(0)), "", RateState.CLOSED), at=NOW - timedelta(days=1))
    overlay = overlay_of(drafts.draft(desk.db, desk.admin, "Aurora"), texts)
    before = drafts.rates_of(desk.db, desk.admin, overlay.edited.tolist())
    found = carried(overlay, texts, before, drafts.draft_base(desk.db, desk.admin, "Aurora"))
    assert (found.gone, found.clashes) == (("44",), ())
    assert found.overlay.edited.tolist() == [old["49"]]


CRASH = """
import os, signal, sys
from pathlib import Path
from tests.rates.test_drafts import keep, ids_of
from tests.rates.conftest import Desk
from voipdesk.accounts import queries as people
from voipdesk.kernel.periods import Clock
from voipdesk.rates import queries
from voipdesk.rates.engine_draft import Texts, part
from voipdesk.store.database import Database
db = Database.open(Path(sys.argv[1]), Clock.from_environment())
admin = people.actor_named(db)
desk = Desk(db, admin, queries.table(db, admin, "Aurora").id)
ids = ids_of(desk)
keep(desk, Texts(), "one", 1, part("price", [ids["44"]], [1_000_000], [2_000_000]))
keep(desk, Texts(), "two", 2, part("price", [ids["44"]], [2_000_000], [2_500_000]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_draft_outlives_a_crash(desk: Desk) -> None:
    desk.publish(rate("44"))
    desk.db.close()
    around = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", CRASH, str(desk.db.path)], check=False, env=around)
    assert ended.returncode == -signal.SIGKILL
    db = Database.open(desk.db.path)
    try:
        again = Desk(db, desk.admin, desk.table_id)
        held = drafts.draft(db, desk.admin, "Aurora")
        assert held is not None
        assert [one.name for one in held.steps] == ["one", "two"]
        assert overlay_of(held, Texts()).cell("price", ids_of(again)["44"]) == (1_000_000, 2_500_000)
    finally:
        db.close()


def test_holders_of_prefixes(desk: Desk) -> None:
    desk.publish(rate("44", "0.01", "UK"), rate("49"))
    found = drafts.holders(desk.db, desk.admin, "Aurora", ["44", "4", "449"])
    assert {prefix: row.destination for prefix, row in found.items()} == {"44": "UK"}


def test_of_two_rows_that_follow_the_later_version_counts(desk: Desk) -> None:
    desk.publish(rate("44"))
    desk.publish(rate("44", "0.02"), at=DECEMBER)
    desk.publish(rate("44", "0.03"), at=DECEMBER)
    desk.publish(rate("44", "0.04"), at=DECEMBER + timedelta(days=9))
    base = drafts.draft_base(desk.db, desk.admin, "Aurora")
    assert base.next_price.tolist() == [3_000_000]
    assert base.next_from.tolist() == [to_micros(DECEMBER)]
    at = datetime(2027, 1, 1, tzinfo=NOW.tzinfo)
    assert drafts.draft_base(desk.db, desk.admin, "Aurora", at=at).rates.price.tolist() == [4_000_000]
    assert isinstance(base.places(np.array([5])), np.ndarray)
