"""Call files come in whole: every row accounted for, nothing twice, nothing when cancelled."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.calls.conftest import Writer, generic
from tests.worlds import World
from voipdesk.accounts import commands as people
from voipdesk.calls import commands, queries
from voipdesk.calls.queries import CallFilter
from voipdesk.kernel.problems import Cancelled, FileError, NotAllowed, Refused
from voipdesk.kernel.progress import Quiet


def test_scenario_yesterdays_calls_with_all_their_dirt(world: World, yesterday: Path) -> None:
    made = commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo", dry_run=True)
    assert (made.rows, made.accepted, made.problems, made.duplicates) == (12, 8, 3, 1)
    assert (made.charged, made.unanswered) == (7, 1)
    figures = (made.revenue, made.cost, made.margin)
    assert figures == (Decimal("1.005917"), Decimal("0.894700"), Decimal("0.111217"))
    assert f"{float(made.margin_share or 0):.2%}" == "11.06%"
    assert {one.label: one.revenue for one in made.customers} == {
        "Nile Calls": Decimal("0.573517"),
        "Blue Hotel": Decimal("0.322400"),
        "Orchid Clinic": Decimal("0.110000"),
    }
    assert [(one.code, one.label) for one in made.groups] == [
        ("unknown_account", "GHOST"),
        ("no_rate", "999…"),
    ]
    assert [(one.code, one.place.row, one.place.value) for one in made.unreadable] == [
        ("unreadable_date", 13, "31/11/2026 10:00:00")
    ]
    assert "30 days" in made.unreadable[0].message
    assert made.duplicate_rows == (12,)
    assert queries.imports(world.db, world.sara) == [], "a dry run leaves nothing"

    commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo", rate=True)
    rows = {row.unique_id: row for row in queries.calls(world.db, world.sara).rows}
    prices = {key: None if row.price is None else f"{row.price:.6f}" for key, row in rows.items()}
    assert prices == {
        "c01": "0.031417", "c02": "0.013767", "c03": "0.145000", "c04": "0.383333", "c05": "0.002400",
        "c06": "0.000000", "c07": "0.320000", "c08": None, "c09": "0.110000", "c10": None,
    }  # fmt: skip
    assert (rows["c03"].seconds, rows["c05"].seconds, rows["c09"].prefix) == (60, 12, "20")
    waiting = [(one.code, one.count) for one in queries.problems(world.db, world.sara)]
    assert waiting == [("unreadable", 1), ("unknown_account", 1), ("no_rate", 1)]

    mapped = commands.map_account(world.db, world.sara, text="GHOST", account="Orchid Clinic")
    assert mapped.calls == 1
    commands.retry_problems(world.db, world.sara)
    won = queries.calls(world.db, world.sara, CallFilter(account="Orchid Clinic")).rows[-1]
    assert (won.unique_id, won.seconds, won.price) == ("c10", 120, Decimal("2.400000"))
    assert sum(one.count for one in queries.problems(world.db, world.sara)) == 2

    with pytest.raises(Refused) as refused:
        commands.import_calls(world.db, world.sara, yesterday)
    assert refused.value.code == "already_imported"
    again = commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo", again=True)
    assert (again.accepted, again.duplicates) == (0, 11)
    assert queries.verify(world.db) == []
    kept = queries.imports(world.db, world.sara)[0]
    assert world.db.kept(kept.file_sha256) == yesterday.read_bytes()


def test_the_ledger_counts_every_row_of_the_file(world: World, file_of: Writer) -> None:
    text = generic(
        "# a comment of the switch,,,,,,,",
        "u1,NILE,1000,+447700900123,2026-11-20 10:00:00,2026-11-20 10:00:09,61,ANSWERED",
        "",
        "u2,NILE,1000,+447700900123,2026-11-20 10:00:00,2026-11-20 10:00:09,-5,ANSWERED",
        "u3,NILE,1000,+447700900123,,,5,ANSWERED",
        "u4,NILE,1000,+447700900123,2026-11-20 10:00:00,,soon,ANSWERED",
        "u5,NILE,1000,anonymous,2026-11-20 10:00:00,,0,ANSWERED",
    )
    made = commands.import_calls(world.db, world.sara, file_of(text))
    assert made.ledger.as_dict() == {
        "rows": 8,
        "skipped": 2,
        "blank": 1,
        "accepted": 2,
        "duplicates": 0,
        "quarantined": 3,
    }
    assert [one.code for one in made.unreadable] == ["negative_duration", "no_time", "unreadable_duration"]
    assert [row.row for row in queries.unreadable(world.db, world.sara)] == [5, 6, 7]
    assert [one.code for one in made.groups] == ["unreadable_number"]


def test_calls_without_ids_are_one_when_everything_that_makes_them_one_agrees(
    world: World, file_of: Writer
) -> None:
    head = "account,caller,called,start,billsec"
    one = "NILE,1000,+447700900123,2026-11-20 10:00:00,61"
    other = "NILE,1000,+447700900123,2026-11-20 10:00:00,62"
    made = commands.import_calls(world.db, world.sara, file_of(f"{head}\n{one}\n{other}\n{one}\n"))
    assert (made.ledger.accepted, made.duplicates) == (2, 1)
    late = commands.import_calls(world.db, world.sara, file_of(f"{head}\n{other}\n", "late.csv"))
    assert (late.ledger.accepted, late.duplicates) == (0, 1)


def test_a_hash_that_lies_is_found_out(
    world: World, file_of: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voipdesk.calls.rules.dedupe_hash", lambda *parts: 7)
    rows = [f"u{n},NILE,1000,+447700900123,2026-11-20 10:00:00,,5,ANSWERED" for n in range(4)]
    made = commands.import_calls(world.db, world.sara, file_of(generic(*rows, rows[2])))
    assert (made.ledger.accepted, made.duplicates) == (4, 1)


def test_the_switches_of_two_desks_may_number_alike(world: World, file_of: Writer) -> None:
    ours = file_of(generic("7,NILE,1000,+447700900123,2026-11-20 10:00:00,,5,ANSWERED"), "ours.csv")
    his = file_of(generic("7,DSHOP,2000,+4930123456,2026-11-20 11:00:00,,9,ANSWERED"), "his.csv")
    same = file_of(generic("7,DSHOP,2000,+4930123456,2026-11-20 11:00:00,,9,ANSWERED", ""), "same.csv")
    commands.import_calls(world.db, world.sara, ours)
    assert commands.import_calls(world.db, world.rami, his).ledger.accepted == 1
    assert commands.import_calls(world.db, world.sara, same).ledger.accepted == 0, "it is that very call"


def test_an_account_that_is_not_his_is_unknown_to_a_reseller(world: World, file_of: Writer) -> None:
    made = commands.import_calls(
        world.db,
        world.rami,
        file_of(generic("1,NILE,1,+447700900123,2026-11-20 10:00:00,,5,ANSWERED")),
        rate=True,
    )
    assert [(one.code, one.label) for one in made.groups] == [("unknown_account", "NILE")]
    assert queries.problems(world.db, world.zoe) == []
    with pytest.raises(Refused) as refused:
        commands.map_account(world.db, world.rami, text="NILE", account="Nile Calls")
    assert refused.value.code == "unknown_account"


def test_trunk_and_caller_find_the_account_where_the_file_names_none(world: World, file_of: Writer) -> None:
    people.add_alias(world.db, world.sara, account="Blue Hotel", value="blue-trunk", kind="trunk")
    people.add_alias(world.db, world.sara, account="Palm Travel", value="2025", kind="caller")
    text = (
        "callid,trunk,caller,called,start,billsec\n"
        "1,blue-trunk,2025550100,+447700900123,2026-11-20 10:00:00,5\n"
        "2,other,2025550100,+447700900123,2026-11-20 10:00:00,5\n"
    )
    commands.import_calls(world.db, world.sara, file_of(text))
    names = {one.id: one.name for one in world.accounts.values()}
    found = [names[row.account_id] for row in queries.calls(world.db, world.sara).rows if row.account_id]
    assert found == ["Blue Hotel", "Palm Travel"]


def test_the_supplier_is_found_by_name_or_code_and_an_unknown_one_is_told(
    world: World, file_of: Writer
) -> None:
    text = (
        "callid,account,caller,called,start,billsec,carrier\n"
        "1,NILE,1,+447700900123,2026-11-20 10:00:00,5,aurora\n"
        "2,NILE,1,+447700900123,2026-11-20 10:00:00,6,Nobody Ltd\n"
    )
    made = commands.import_calls(world.db, world.sara, file_of(text))
    rows = queries.calls(world.db, world.sara).rows
    assert [row.supplier_id is not None for row in rows] == [True, False]
    assert made.unknown_suppliers == ("Nobody Ltd",)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_cancelled_means_nothing_happened(world: World, file_of: Writer, at: int) -> None:
    rows = [f"u{n},NILE,1000,+447700900123,2026-11-20 10:00:00,,5,ANSWERED" for n in range(12_000)]
    looks = iter(range(10))
    with pytest.raises(Cancelled):
        commands.import_calls(
            world.db,
            world.sara,
            file_of(generic(*rows)),
            rate=True,
            progress=Quiet(lambda: next(looks) == at),
        )
    with world.db.read() as conn:
        for table in ("call", "call_import", "quarantine", "rated", "rating_run", "blob"):
            count = conn.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar()
            assert count == 0, table


def test_a_file_taken_back_can_come_again_with_another_zone(world: World, yesterday: Path) -> None:
    wrong = commands.import_calls(world.db, world.sara, yesterday, zone="UTC")
    reverted = commands.revert_import(world.db, world.sara, wrong.import_seq or 0)
    assert reverted.state == "reverted"
    assert len(queries.call_ids(world.db, world.sara)) == 0
    right = commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo")
    assert right.duplicates == 1, "only its own"
    commands.rate_calls(world.db, world.sara)
    with world.db.read() as conn:
        rated = "SELECT DISTINCT c.import_seq FROM rated r JOIN call c ON c.id = r.call_id"
        assert conn.exec_driver_sql(rated).scalars().all() == [right.import_seq]
    with pytest.raises(Refused) as refused:
        commands.revert_import(world.db, world.sara, wrong.import_seq or 0)
    assert refused.value.code == "already_reverted"


def test_companies_and_users_import_nothing(world: World, yesterday: Path) -> None:
    for actor in (world.cora, world.uma):
        with pytest.raises(NotAllowed):
            commands.import_calls(world.db, actor, yesterday)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_empty"),
        ("a,b,c\n1,2,3\n", "unknown_columns"),
        ("called,start,billsec\n+441,03/04/2026 10:00:00,5\n", "date_order"),
    ],
)
def test_what_a_file_does_not_say_is_asked(world: World, file_of: Writer, text: str, code: str) -> None:
    with pytest.raises((Refused, FileError)) as refused:
        commands.import_calls(world.db, world.sara, file_of(text))
    assert refused.value.code == code
    assert "calls.csv" in str(refused.value)


def test_a_layout_answers_what_was_asked(world: World, file_of: Writer) -> None:
    text = "called,start,billsec,account\n+447700900123,03/04/2026 10:00:00,5,NILE\n"
    layout = {
        "header": 1,
        "columns": {"called": "called", "start": "start", "talk": "billsec", "account": "account"},
        "date_order": "month",
    }
    commands.import_calls(world.db, world.sara, file_of(text), layout=layout)
    row = queries.calls(world.db, world.sara).rows[0]
    assert row.answer == world.at("2026-03-04 10:00")


def test_dismissed_calls_wait_no_more_and_can_be_brought_back(world: World, yesterday: Path) -> None:
    commands.import_calls(world.db, world.sara, yesterday, zone="Africa/Cairo", rate=True)
    ids = queries.problem_ids(world.db, world.sara, "no_rate")
    assert commands.dismiss_problem(world.db, world.sara, code="no_rate", reason="test number") == 1
    assert commands.dismiss_problem(world.db, world.sara, code="unreadable", reason="seen") == 1
    assert [one.code for one in queries.problems(world.db, world.sara)] == ["unknown_account"]
    assert queries.verify(world.db) == []
    assert commands.restore_problem(world.db, world.sara, ids=ids) == 1
    assert [one.code for one in queries.problems(world.db, world.sara)] == ["unknown_account", "no_rate"]
    with pytest.raises(Refused):
        commands.dismiss_problem(world.db, world.sara, code="no_rate", reason=" ")


def test_times_are_read_in_the_zone_of_the_file(world: World, yesterday: Path) -> None:
    commands.import_calls(world.db, world.sara, yesterday, zone="UTC")
    first = queries.calls(world.db, world.sara).rows[0]
    assert first.answer == world.at("2026-11-20 11:00")
    with pytest.raises(Refused) as refused:
        commands.import_calls(world.db, world.sara, yesterday, zone="Cairo", again=True)
    assert refused.value.code == "bad_zone"
