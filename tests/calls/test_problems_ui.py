"""The page of problems in a real window: groups in order, their calls, and the three ways out."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel

from tests.windows import Show, Shown, texts
from tests.worlds import World
from voipdesk.accounts.queries_activity import activity
from voipdesk.calls import commands, queries
from voipdesk.kit.names import unnamed

PAGE = "problems"
"""Where the windows of `opened` begin."""


def choose(shown: Shown, code: str, detail: str) -> None:
    assert shown.grid("problems").go_to((code, detail))
    shown.settle()


def test_groups_stand_in_the_order_of_problems(imported: World, opened: Show) -> None:
    shown = opened()
    rows = texts(shown.grid("problems"))
    assert [(row["problem"], row["what"], row["count"]) for row in rows] == [
        ("Unreadable row", "pbx_2026-11-20.csv", "1"),
        ("Unknown account", "GHOST", "1"),
        ("No rate", "999…", "1"),
    ]
    assert rows[2]["first"] == "2026-11-20 09:31:00"
    assert rows[2]["estimate"] != ""
    assert "3 calls wait" in shown.page.header.subtitle.text()


def test_the_estimate_stays_where_a_later_run_charges_nothing(imported: World) -> None:
    estimates = [one.estimate for one in queries.problems(imported.db, imported.sara)]
    assert any(estimates)
    report = commands.rate_calls(imported.db, imported.sara)
    assert (report.charged, report.rated > 0) == (0, True)
    assert [one.estimate for one in queries.problems(imported.db, imported.sara)] == estimates


def test_rows_of_each_group(imported: World, opened: Show) -> None:
    shown = opened()
    unreadable = texts(shown.grid("unreadable"))
    assert (unreadable[0]["row"], unreadable[0]["value"]) == ("13", "31/11/2026 10:00:00")
    choose(shown, "unknown_account", "GHOST")
    assert [row["called"] for row in texts(shown.grid("problemcalls"))] == ["009603001234"]
    choose(shown, "no_rate", "999")
    assert [row["account"] for row in texts(shown.grid("problemcalls"))] == ["Blue Hotel"]
    assert shown.find(QLabel, "problem.sentence").text().endswith(".")


def test_mapped_name_is_remembered_and_its_calls_rated(imported: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "unknown_account", "GHOST")
    shown.press("map")
    dialog: Any = shown.dialog()
    dialog.account.set_value(imported.account("Orchid Clinic").id)
    shown.press("commit", dialog)
    assert "GHOST is Orchid Clinic from now on: 1 call." in shown.toast
    assert [row["problem"] for row in texts(shown.grid("problems"))] == ["Unreadable row", "No rate"]
    found = queries.calls(imported.db, imported.sara, queries.CallFilter(account="Orchid Clinic"))
    assert sorted(str(row.price.normalize()) for row in found.rows if row.price) == ["0.11", "2.4"]


def test_map_is_offered_for_unknown_accounts_only(imported: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "no_rate", "999")
    assert not shown.page.buttons["map"].isVisible()


def test_dismiss_needs_a_reason(imported: World, opened: Show) -> None:
    shown = opened()
    choose(shown, "no_rate", "999")
    shown.ask.answers.append("")
    shown.press("dismiss")
    assert "reason" in shown.ask.asked[-1].text
    choose(shown, "no_rate", "999")
    shown.ask.answers.append("Test call")
    shown.press("dismiss")
    assert "1 call dismissed" in shown.toast
    assert [row["problem"] for row in texts(shown.grid("problems"))] == ["Unreadable row", "Unknown account"]


def test_retry_tells_what_it_did(imported: World, opened: Show) -> None:
    shown = opened()
    shown.press("retry")
    assert "1 call rated" in shown.toast
    assert "No rate: 1" in shown.toast


def test_nothing_waits(world: World, opened: Show) -> None:
    shown = opened()
    assert "All calls are rated" in shown.grid("problems").pane.accessibleName()
    assert not shown.page.buttons["retry"].isEnabled()


def test_reseller_sees_his_own_problems_only_and_no_estimate(
    imported: World, opened: Show, tmp_path: Path
) -> None:
    path = tmp_path / "shop.csv"
    path.write_text(
        "id;start;caller;called;duration;disposition;account\n"
        "d1;20/11/2026 09:00:00;1000;00999123;00:01:00;ANSWERED;DSHOP\n",
        encoding="utf-8",
    )
    commands.import_calls(imported.db, imported.rami, path, rate=True)
    shown = opened("rami")
    rows = texts(shown.grid("problems"))
    assert [(row["problem"], row["what"]) for row in rows] == [("No rate", "999…")]
    assert "estimate" not in {column.id for column in shown.grid("problems").model.columns}
    assert "GHOST" not in shown.said()
    assert "Blue" not in shown.said()


def test_every_control_has_a_name(imported: World, opened: Show) -> None:
    shown = opened()
    assert unnamed(shown.page) == []
    choose(shown, "unknown_account", "GHOST")
    shown.press("map")
    assert unnamed(shown.dialog()) == []
    shown.dialog().reject()


def test_who_got_the_calls_is_told_by_name(imported: World) -> None:
    """The page gives the account by its id."""
    account = imported.account("Orchid Clinic")
    commands.map_account(imported.db, imported.sara, text="GHOST", account=account.id)
    newest = activity(imported.db, imported.sara, most=1)[0]
    assert newest.label == "Calls of GHOST belong to Orchid Clinic"
