"""Each level sees its own calls and its own money, and nothing of a sibling, in lists, sums, problems and explanations."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calls.conftest import Writer, generic
from tests.worlds import World
from voipdesk.accounts import commands as people
from voipdesk.accounts.rules import Right
from voipdesk.calls import commands, queries, rules
from voipdesk.calls.queries import CallFilter
from voipdesk.calls.rules import CallProblem, Same
from voipdesk.kernel.problems import NotAllowed, Refused
from voipdesk.rating.rules import Trouble

ROWS = (
    "1,NILE,1000,+447700900123,2026-11-20 10:00:00,,60,ANSWERED",
    "2,BLUE,1000,+4930123456,2026-11-20 11:00:00,,60,ANSWERED",
    "3,DSHOP,1000,+447700900123,2026-11-21 10:00:00,,60,ANSWERED",
    "4,DSHOP,1000,+999123,2026-11-21 11:00:00,,60,ANSWERED",
    "5,ZSHOP,1000,+447700900123,2026-11-22 10:00:00,,60,ANSWERED",
    "6,Uma,1000,+201012345678,2026-11-22 11:00:00,,60,ANSWERED",
    "7,Delta Resell,1000,+447700900123,2026-11-22 12:00:00,,0,BUSY",
    "8,NOBODY,1000,+447700900123,2026-11-22 12:00:00,,60,ANSWERED",
)


@pytest.fixture
def rated(world: World, file_of: Writer) -> World:
    commands.import_calls(world.db, world.sara, file_of(generic(*ROWS)), rate=True)
    return world


def ids(world: World, login: str, **fields: object) -> list[str]:
    actor = world.sara if login == "sara" else world.actor(login)
    return [row.unique_id for row in queries.calls(world.db, actor, CallFilter(**fields)).rows]  # type: ignore[arg-type]


def test_each_sees_his_own_subtree(rated: World) -> None:
    assert ids(rated, "sara") == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert ids(rated, "rami") == ["3", "4", "7"]
    assert ids(rated, "zoe") == ["5"]
    assert ids(rated, "cora") == ["1", "6"]


def test_users_see_calls_only_where_it_is_granted(rated: World) -> None:
    with pytest.raises(NotAllowed):
        queries.calls(rated.db, rated.uma)
    people.create_login(rated.db, rated.sara, account="Uma", name="uma2", rights=[Right.SEE_CALLS])
    rows = queries.calls(rated.db, rated.actor("uma2")).rows
    assert [(row.unique_id, row.price, row.cost) for row in rows] == [("6", Decimal("0.115"), None)]


def test_money_is_shown_to_its_parties_only(rated: World) -> None:
    def money(login: str) -> dict[str, tuple[Decimal | None, ...]]:
        rows = queries.calls(rated.db, rated.actor(login)).rows
        return {row.unique_id: (row.cost, row.price, row.margin) for row in rows}

    assert money("rami")["3"] == (Decimal("0.0275"), Decimal("0.0344"), Decimal("0.0069"))
    assert money("cora")["1"] == (None, Decimal("0.029"), None)
    assert all(row.supplier_id is None for row in queries.calls(rated.db, rated.rami).rows)


def test_explanations_show_the_levels_that_are_his(rated: World) -> None:
    by_id = {row.unique_id: row.id for row in queries.calls(rated.db, rated.sara).rows}

    def levels(login: str, call: str) -> list[str]:
        actor = rated.sara if login == "sara" else rated.actor(login)
        return [one.level for one in queries.explain_call(rated.db, actor, by_id[call]).levels]

    assert levels("sara", "3") == ["cost", "reseller", "company"]
    assert levels("rami", "3") == ["reseller", "company"]
    assert levels("cora", "6") == ["company", "user"]
    his = queries.explain_call(rated.db, rated.rami, by_id["3"])
    assert "Aurora" not in repr(his)
    assert all(one.table_id is None and one.version_seq is None for one in his.levels)
    for login, call in (("rami", "1"), ("zoe", "3"), ("cora", "2")):
        with pytest.raises(Refused) as refused:
            levels(login, call)
        assert refused.value.code == "unknown_call"


def test_a_reseller_loses_what_is_moved_away_and_the_new_one_learns_no_price_of_his(rated: World) -> None:
    people.move_account(rated.db, rated.sara, account="Delta Shop", parent="Zeta Resell")
    assert ids(rated, "rami") == ["7"]
    rows = {row.unique_id: row for row in queries.calls(rated.db, rated.zoe).rows}
    assert set(rows) == {"3", "4", "5"}
    assert (rows["3"].cost, rows["3"].price) == (None, None)


def test_problems_are_told_to_those_whose_calls_they_are(rated: World) -> None:
    def told(login: str) -> list[tuple[str, str]]:
        actor = rated.sara if login == "sara" else rated.actor(login)
        return [(one.code, one.label) for one in queries.problems(rated.db, actor)]

    assert told("sara") == [("unknown_account", "NOBODY"), ("no_rate", "999…")]
    assert told("rami") == [("no_rate", "999…")]
    assert told("zoe") == told("cora") == []


@pytest.mark.parametrize("by", ["account", "customer", "destination", "day", "hour", None])
@pytest.mark.parametrize("login", ["sara", "rami", "cora"])
def test_groups_add_up_to_the_whole(rated: World, login: str, by: str | None) -> None:
    actor = rated.sara if login == "sara" else rated.actor(login)
    groups = queries.totals(rated.db, actor, by=by)
    rows = queries.calls(rated.db, actor).rows
    assert sum(one.attempts for one in groups) == len(rows)
    assert sum(one.talk_seconds for one in groups) == sum(row.talk_seconds for row in rows)
    assert sum(one.revenue for one in groups) == sum(row.price or 0 for row in rows)
    if login == "cora":
        assert {one.margin for one in groups} == {None}
    else:
        assert sum(one.margin or 0 for one in groups) == sum(row.margin or 0 for row in rows)
    shown = {one.label for one in groups}
    assert login == "sara" or not shown & {"Zeta Resell", "Zeta Shop", "Blue Hotel"}


def test_a_customer_of_the_admin_is_the_account_right_below_him(rated: World) -> None:
    found = {one.label: one.revenue for one in queries.totals(rated.db, rated.sara, by="customer")}
    assert found["Delta Resell"] == Decimal("0.0275")
    assert "Delta Shop" not in {label for label, revenue in found.items() if revenue}
    assert found["Nile Calls"] == Decimal("0.144")


def test_suppliers_are_the_admins(rated: World) -> None:
    assert queries.totals(rated.db, rated.sara, by="supplier")[0].attempts == 8
    with pytest.raises(NotAllowed):
        queries.totals(rated.db, rated.rami, by="supplier")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"number": "4477"}, ["1", "3", "5", "7", "8"]),
        ({"number": "44770090012"}, ["1", "3", "5", "7", "8"]),
        ({"account": "Nile Calls"}, ["1", "6"]),
        ({"account": "Delta Resell"}, ["3", "4", "7"]),
        ({"problem": "*"}, ["4", "8"]),
        ({"problem": "no_rate"}, ["4"]),
        ({"problem": "", "is_answered": True}, ["1", "2", "3", "5", "6"]),
        ({"is_answered": False}, ["7"]),
        ({"text": "NOBO"}, ["8"]),
        ({"text": "%"}, []),
        ({"destination": "UK Mobile", "is_answered": True}, ["1", "3", "5"]),
        ({"is_losing": True}, []),
    ],
)
def test_filters_narrow(rated: World, fields: dict[str, object], expected: list[str]) -> None:
    assert ids(rated, "sara", **fields) == expected


def test_windows_are_cut_out_of_one_order(rated: World) -> None:
    whole = queries.calls(rated.db, rated.sara, order="price", descending=True)
    part = queries.calls(rated.db, rated.sara, window=(2, 3), order="price", descending=True)
    assert part.total == 8
    assert part.rows == whole.rows[2:5]
    prices = [row.price for row in whole.rows if row.price is not None]
    assert prices == sorted(prices, reverse=True)
    with pytest.raises(ValueError, match="name"):
        queries.calls(rated.db, rated.sara, order="name")


def test_what_a_seller_may_bill(rated: World) -> None:
    def billed(actor_name: str, level: str) -> list[tuple[str, str, Decimal]]:
        actor = rated.sara if actor_name == "sara" else rated.actor(actor_name)
        names = {one.id: one.name for one in rated.accounts.values()}
        with rated.db.read() as conn:
            found = queries.billable(
                conn,
                seller_id=actor.account_id,
                seller_level=level,
                since=rated.at("2026-11-01"),
                until=rated.at("2026-12-01"),
            )
        return [(one, names[row.customer_id], row.price) for one, row in found]

    assert sorted(billed("sara", "admin")) == [
        ("company", "Blue Hotel", Decimal("0.014")),
        ("company", "Nile Calls", Decimal("0.029")),
        ("company", "Nile Calls", Decimal("0.115")),
        ("reseller", "Delta Resell", Decimal("0.0275")),
        ("reseller", "Zeta Resell", Decimal("0.0275")),
    ]
    assert billed("rami", "reseller") == [("company", "Delta Shop", Decimal("0.0344"))]
    assert billed("cora", "company") == [("user", "Uma", Decimal("0.115"))]


def test_what_an_invoice_run_waits_for(rated: World) -> None:
    with rated.db.read() as conn:
        waiting = queries.unrated(conn, rated.sara)
    assert waiting == {rated.account("Delta Shop").id: 1, None: 1}


def test_verify_finds_a_ledger_that_lies(rated: World) -> None:
    assert queries.verify(rated.db) == []
    with rated.db.write("A call is lost", rated.sara) as write:
        write.raw.execute("DELETE FROM call WHERE unique_id = '1'")
    assert [one.code for one in queries.verify(rated.db)] == ["ledger", "orphan_results"]


@pytest.mark.parametrize("table", ["rating_way", "rating_path", "rating_term"])
def test_verify_finds_results_that_do_not_tell_whom_or_why(rated: World, table: str) -> None:
    with rated.db.write("Something is lost", rated.sara, undoable=False) as write:
        write.raw.execute(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")
    [found] = queries.verify(rated.db)
    assert found.code == "nameless_results"
    assert "Rate their calls again" in found.message


@pytest.mark.parametrize("column", ["way_id", "path_id"])
def test_verify_counts_the_results_that_point_to_nothing(rated: World, column: str) -> None:
    """As a file has them that was damaged before it was rebuilt; results without amounts need point to nothing."""
    with rated.db.write("Something is lost", rated.sara, undoable=False) as write:
        write.raw.execute(f"UPDATE rated SET {column} = NULL")
        priced = "SELECT count(*) FROM rated WHERE coalesce(cost, reseller_price, company_price, user_price) IS NOT NULL"
        count = write.raw.execute(priced).fetchone()[0]
    [found] = queries.verify(rated.db)
    assert found.message.startswith(f"{count} results do not tell")


def test_verify_counts_every_result_of_terms_that_are_lost(rated: World) -> None:
    with rated.db.write("Something is lost", rated.sara, undoable=False) as write:
        write.raw.execute("DELETE FROM rating_term")
        priced = "SELECT count(*) FROM rated WHERE coalesce(cost, reseller_price, company_price, user_price) IS NOT NULL"
        count = write.raw.execute(priced).fetchone()[0]
    [found] = queries.verify(rated.db)
    assert found.message.startswith(f"{count} results do not tell")


def test_every_problem_has_words_and_a_place() -> None:
    for code in (*CallProblem, *(one for one in Trouble if one)):
        assert str(code) in rules.ORDER
        assert rules.title(code) != code
        assert len(rules.sentence(code)) > 20
    assert rules.in_order(["no_rate", "made_up", "unreadable", "unknown_account"]) == [
        "unreadable", "unknown_account", "no_rate", "made_up",
    ]  # fmt: skip


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_keys_are_equal_exactly_for_equal_parts(one: list[str], other: list[str]) -> None:
    keys = rules.dedupe_hash(*one), rules.dedupe_hash(*other)
    assert (keys[0] == keys[1]) == (one == other) or "\x1f" in "".join(one + other)
    assert 0 <= keys[0] < 2**63


def test_an_id_decides_within_a_desk_where_two_of_three_agree_and_between_two_where_all_do() -> None:
    one = Same("7", "NILE", "1", "44", 5, 60)
    other = Same("7", "BLUE", "2", "49", 6, 61)
    longer = Same("7", "NILE", "1", "44", 5, 61)
    assert not rules.is_same(one, other, same_desk=True), "the counter began anew"
    assert rules.is_same(one, longer, same_desk=True)
    assert not rules.is_same(one, longer, same_desk=False)
    assert rules.is_same(one, Same("7", "OTHER", "2", "44", 5, 60), same_desk=False)
    assert not rules.is_same(one, Same("", "NILE", "1", "44", 5, 60), same_desk=True)


def test_no_call_file_of_the_samples_is_taken_silently_wrong(world: World, shared: Path) -> None:
    """Files this room has no layout for are refused with a next step, never half read."""
    refused: dict[str, str] = {}
    for path in sorted((shared / "samples" / "cdr").iterdir()):
        try:
            made = commands.import_calls(world.db, world.sara, path, dry_run=True)
            assert made.ledger.rows > 0, path
        except Refused as said:
            refused[path.name] = said.problem.hint
    assert all(refused.values())
