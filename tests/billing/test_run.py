"""The invoice run: what is drafted, what is left out, and that nothing is lost or asked for twice."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.billing import books
from tests.billing.books import Call, seed
from tests.worlds import World, acme
from voipdesk.accounts.commands import change_account, set_setting
from voipdesk.billing import commands, queries
from voipdesk.billing.rules.taxes import TaxRule
from voipdesk.kernel.problems import Cancelled, NotAllowed, Refused
from voipdesk.kernel.progress import Quiet

D = Decimal


def left(report: commands.DraftReport) -> dict[str, str]:
    return {one.customer: one.reason for one in report.left_out}


def draft(world: World, period: str = "2026-10", **more):
    return commands.draft_invoices(world.db, world.sara, period=period, leave_out_unrated=True, **more)


def test_unrated_calls_stop_the_run_and_are_told_by_customer(month: World):
    with pytest.raises(Refused, match="Nile Calls: 3 unrated calls") as told:
        commands.draft_invoices(month.db, month.sara, period="2026-10")
    assert told.value.code == "unrated_calls"
    assert queries.invoices(month.db, month.sara) == []


def test_month_end_of_the_scenario(month: World):
    report = draft(month)
    got = {one.customer: (one.usage, one.fees, one.net, one.tax, one.total) for one in report.drafts}
    assert got == {
        "Nile Calls": (D("412.38"), D("25.00"), D("437.38"), D("61.23"), D("498.61")),
        "Blue Hotel": (D("96.10"), D("10.00"), D("106.10"), D("14.85"), D("120.95")),
    }
    assert report.total == D("619.56")
    assert left(report) == {
        "Nile Calls": "unrated",
        "Orchid Clinic": "below_minimum",
        "Palm Travel": "prepaid",
        "Delta Traders": "nothing",
        "Delta Resell": "nothing",
        "Zeta Resell": "nothing",
    }
    assert queries.series(month.db, month.sara).next_number == "INV-2026-0101"
    assert {row.number for row in queries.invoices(month.db, month.sara)} == {""}


def test_running_again_renews_the_drafts(month: World):
    first = draft(month)
    commands.note_draft(month.db, month.sara, invoice=first.drafts[0].id, note="Thank you")
    seed(month, [Call("Nile Calls", "1.000000")])
    again = draft(month)
    assert [one.id for one in again.drafts] == [one.id for one in first.drafts]
    assert again.drafts[0].usage == first.drafts[0].usage + 1
    assert queries.invoice(month.db, month.sara, first.drafts[0].id).document.note == "Thank you"
    assert len(queries.invoices(month.db, month.sara)) == 2


def test_nothing_is_billed_twice_after_issue(month: World):
    draft(month)
    issued = commands.issue_invoices(month.db, month.sara, period="2026-10")
    assert [one.number for one in issued.documents] == ["INV-2026-0101", "INV-2026-0102"]
    again = draft(month)
    assert again.drafts == ()
    assert queries.series(month.db, month.sara).next_number == "INV-2026-0103"


def test_late_calls_come_with_the_next_month_and_say_so(month: World):
    draft(month)
    commands.issue_invoices(month.db, month.sara)
    before = queries.invoice_pdf(month.db, month.sara, "INV-2026-0101")
    seed(month, [Call("Nile Calls", "2.000000"), Call("Nile Calls", "7.000000", at="2026-11-02 10:00")])
    november = draft(month, "2026-11")
    nile = next(one for one in november.drafts if one.customer == "Nile Calls")
    assert (nile.usage, nile.late_calls, nile.calls) == (D("9.00"), 1, 2)
    lines = queries.invoice(month.db, month.sara, nile.id).document.lines
    assert [line.text for line in lines if line.is_late] == ["Calls of 2026-10"]
    assert queries.invoice_pdf(month.db, month.sara, "INV-2026-0101") == before


def test_month_is_half_open_in_the_zone_of_the_workspace(world: World):
    edges = ["2026-09-30 23:59:00", "2026-10-01 00:00:00", "2026-10-31 23:59:00", "2026-11-01 00:01:00"]
    seed(world, [Call("Nile Calls", f"{10**place}.000000", at=at) for place, at in enumerate(edges)])
    nile = draft(world).drafts[0]
    assert (nile.usage, nile.late_calls) == (D("111.00"), 1)


def test_minimum_holds_usage_back_until_it_is_reached(world: World):
    seed(world, [Call("Orchid Clinic", "3.200000")])
    assert left(draft(world))["Orchid Clinic"] == "below_minimum"
    seed(world, [Call("Orchid Clinic", "2.000000", at="2026-11-03 10:00")])
    report = draft(world, "2026-11")
    assert [one.usage for one in report.drafts if one.customer == "Orchid Clinic"] == [D("5.20")]


@pytest.mark.parametrize(
    ("first", "last", "asked", "text"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), "31.00", "Line"),
        (date(2026, 10, 20), None, "12.00", "Line (12 of 31 days)"),
        (date(2026, 1, 1), date(2026, 10, 3), "3.00", "Line (3 of 31 days)"),
        (date(2026, 10, 31), date(2026, 10, 31), "1.00", "Line (1 of 31 days)"),
        (date(2026, 11, 1), None, None, ""),
        (date(2026, 1, 1), date(2026, 9, 30), None, ""),
    ],
)
def test_fees_by_the_day_where_they_begin_or_end(world: World, first, last, asked, text):
    commands.set_fee(
        world.db, world.sara, account="Orchid Clinic", text="Line", amount=D(31), days=(first, last)
    )
    drafts = {one.customer: one for one in draft(world).drafts}
    if asked is None:
        assert "Orchid Clinic" not in drafts
    else:
        assert drafts["Orchid Clinic"].fees == D(asked)
        lines = queries.invoice(world.db, world.sara, drafts["Orchid Clinic"].id).document.lines
        assert [line.text for line in lines] == [text]


def test_tax_by_line_kind_and_status_on_the_day(world: World):
    reverse = "Reverse charge: the customer accounts for the VAT."
    for kind, category, rate in (("usage", "AE", 0), ("*", "S", 14)):
        rule = TaxRule(
            kind, "reverse_charge", date(2026, 1, 1), category, D(rate), reverse if rate == 0 else ""
        )
        commands.set_tax_rule(world.db, world.sara, rule)
    change_account(world.db, world.sara, account="Nile Calls", tax_status="reverse_charge")
    seed(world, [Call("Nile Calls", "100.004000")])
    nile = draft(world).drafts[0]
    assert (nile.net, nile.tax) == (D("125.00"), D("3.50"))
    taxes = queries.invoice(world.db, world.sara, nile.id).document.taxes
    assert [(one.category, one.tax, one.text) for one in taxes] == [
        ("AE", D(0), reverse),
        ("S", D("3.50"), ""),
    ]


def test_a_status_no_rule_speaks_of_is_refused(world: World):
    change_account(world.db, world.sara, account="Blue Hotel", tax_status="exempt")
    with pytest.raises(Refused, match="Blue Hotel"):
        draft(world)


def test_reseller_bills_his_own_customers_only(world: World):
    seed(
        world, [Call("Delta Shop", "12.500000", reseller_amount="10.000000"), Call("Nile Calls", "50.000000")]
    )
    mine = commands.draft_invoices(world.db, world.rami, period="2026-10")
    assert [(one.customer, one.usage) for one in mine.drafts] == [("Delta Shop", D("12.50"))]
    his = draft(world)
    assert {one.customer: one.usage for one in his.drafts}["Delta Resell"] == D("10.00")
    commands.issue_invoices(world.db, world.rami)
    commands.issue_invoices(world.db, world.sara)
    seen = queries.invoices(world.db, world.rami)
    assert sorted((row.customer, row.number) for row in seen) == [
        ("Delta Resell", "INV-2026-0103"), ("Delta Shop", "INV-2026-0001"),
    ]  # fmt: skip
    assert queries.invoices(world.db, world.zoe) == []
    with pytest.raises(Refused, match=r"There is no invoice INV-2026-0101"):
        queries.invoice_pdf(world.db, world.rami, "INV-2026-0101")
    assert queries.verify(world.db) == []


def test_who_may_not(month: World):
    for actor in (month.cora, month.uma):
        with pytest.raises(NotAllowed):
            commands.draft_invoices(month.db, actor, period="2026-10")
        with pytest.raises(NotAllowed):
            commands.issue_invoices(month.db, actor)
    with pytest.raises(NotAllowed):
        commands.set_tax_rule(month.db, month.rami, TaxRule("*", "standard", date(2027, 1, 1), "S", D(1)))
    with pytest.raises(Refused, match="There is no account Nile Calls"):
        commands.draft_invoices(month.db, month.rami, period="2026-10", accounts=["Nile Calls"])
    draft(month)
    assert queries.invoices(month.db, month.cora) == []
    commands.issue_invoices(month.db, month.sara)
    assert [row.customer for row in queries.invoices(month.db, month.cora)] == ["Nile Calls"]


def test_cancelling_leaves_nothing(month: World):
    with pytest.raises(Cancelled):
        draft(month, progress=Quiet(lambda: True))
    assert queries.invoices(month.db, month.sara) == []


def test_a_draft_that_no_longer_tells_the_truth_is_not_issued(month: World):
    draft(month)
    ids = seed(month, [Call("Blue Hotel", "20.000000", at="2026-10-05 10:00")])
    draft(month)
    books.rate(month, [(ids[0], Call("Blue Hotel", "21.000000"))])
    with pytest.raises(Refused, match="Blue Hotel is out of date"):
        commands.issue_invoices(month.db, month.sara)
    assert queries.series(month.db, month.sara).next_number == "INV-2026-0101"
    draft(month)
    assert len(commands.issue_invoices(month.db, month.sara).documents) == 2


def test_bad_month(world: World):
    for period in ("2026-13", "October", "2026"):
        with pytest.raises(Refused, match="is not a month"):
            draft(world, period)


PEOPLE = ["Nile Calls", "Blue Hotel", "Orchid Clinic", "Palm Travel", "Delta Traders"]
calls = st.builds(
    Call,
    account=st.sampled_from(PEOPLE),
    amount=st.integers(0, 3_000_000).map(lambda units: f"{D(units).scaleb(-6):f}"),
    at=st.sampled_from(
        ["2026-08-31 23:59", "2026-09-15 10:00", "2026-10-01 00:00", "2026-10-31 23:58", "2026-11-05 08:00"]
    ),
    destination=st.sampled_from(["Cuba", "Maldives", "UK Fixed"]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(calls, min_size=1, max_size=40))
def test_every_rated_call_is_on_a_document_or_told(
    tmp_path_factory: pytest.TempPathFactory, made: list[Call]
):
    with acme(tmp_path_factory.mktemp("books"), plans=False) as world:
        commands.set_run(world.db, world.sara, minimum=D(2))
        seed(world, made)
        due = [one for one in made if not one.at.startswith("2026-11")]
        report = draft(world)
        drafted, told = report.drafts, report.left_out
        assert sum(one.calls for one in drafted) + sum(one.calls for one in told) == len(due)
        amounts = sum(one.amount for one in drafted) + sum(one.amount for one in told)
        assert amounts == sum(D(one.amount or 0) for one in due)
        commands.issue_invoices(world.db, world.sara)
        listed = [queries.invoice_calls(world.db, world.sara, one.id).rows for one in drafted]
        assert [sum(row.amount for row in rows) for rows in listed] == [one.amount for one in drafted]
        assert queries.verify(world.db) == []


def test_usage_is_one_line_rounded_once_however_many_destinations(world: World):
    """Half-cents of many destinations must not add up to money nobody rated."""
    seed(world, [Call("Nile Calls", "0.005000", destination=f"Place {n}") for n in range(100)])
    nile = draft(world).drafts[0]
    assert nile.usage == D("0.50")
    usage = [
        line for line in queries.invoice(world.db, world.sara, nile.id).document.lines if line.kind == "usage"
    ]
    assert [(line.unit_price, line.net, line.calls, len(line.parts)) for line in usage] == [
        (D("0.5"), D("0.50"), 100, 100)
    ]
    assert sum(part.amount for part in usage[0].parts) == usage[0].unit_price


def test_a_change_of_zone_asks_for_no_fee_twice(month: World):
    first = draft(month)
    set_setting(month.db, month.sara, key="zone", value="Asia/Kathmandu")
    renewed = draft(month)
    assert {one.id for one in renewed.drafts} == {one.id for one in first.drafts}, "the same drafts, renewed"
    documents = commands.issue_invoices(month.db, month.sara, period="2026-10").documents
    assert len(documents) == len(renewed.drafts)
    set_setting(month.db, month.sara, key="zone", value="America/New_York")
    assert draft(month).drafts == ()


def test_an_invoice_beyond_what_can_be_kept_is_refused_with_the_customer(month: World):
    for text in ("Line", "Port", "Trunk"):
        commands.set_fee(
            month.db,
            month.sara,
            account="Nile Calls",
            text=text,
            amount=D("90000000000"),
            days=(date(2026, 10, 1), None),
        )
    with pytest.raises(Refused, match="Nile Calls") as told:
        draft(month)
    assert told.value.code == "too_large"
    assert queries.invoices(month.db, month.sara) == []
