"""From a switch's file to the paper, through every room below."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.worlds import World, acme
from voipdesk.billing import commands, queries
from voipdesk.calls import queries as calls
from voipdesk.calls.commands import import_calls, rate_calls
from voipdesk.kernel.problems import Refused

D = Decimal

FILE = """uniqueid,account,caller,called,start,answer,billsec,disposition
1,NILE,1000,00201012345678,2026-10-05 09:00:00,2026-10-05 09:00:05,200,ANSWERED
2,NILE,1000,00447700900123,2026-10-05 10:00:00,2026-10-05 10:00:05,65,ANSWERED
3,NILE,1000,00447700900123,2026-11-01 00:00:00,2026-11-01 00:00:00,60,ANSWERED
4,BLUE,1000,00447700900123,2026-10-31 23:59:59,2026-10-31 23:59:59,60,ANSWERED
5,DSHOP,1000,00201012345678,2026-10-06 09:00:00,2026-10-06 09:00:05,60,ANSWERED
6,NILE,1000,00999123456,2026-10-07 09:00:00,2026-10-07 09:00:05,60,ANSWERED
7,GHOST,1000,00201012345678,2026-10-08 09:00:00,2026-10-08 09:00:05,60,ANSWERED
8,BLUE,1000,00201012345678,2026-10-09 09:00:00,,0,NO ANSWER
"""


@pytest.fixture
def rated(tmp_path: Path):
    with acme(tmp_path) as world:
        path = tmp_path / "switch.csv"
        path.write_text(FILE)
        import_calls(world.db, world.sara, path)
        rate_calls(world.db, world.sara)
        yield world


def test_a_month_from_the_file_to_the_paper(rated: World):
    with pytest.raises(Refused, match="2 answered calls") as told:
        commands.draft_invoices(rated.db, rated.sara, period="2026-10")
    assert {one.message for one in told.value.problems} == {
        "Nile Calls: 1 unrated call",
        "Unknown account: 1 unrated call",
    }
    report = commands.draft_invoices(rated.db, rated.sara, period="2026-10", leave_out_unrated=True)
    assert {one.customer: (one.calls, one.amount) for one in report.drafts} == {
        "Nile Calls": (2, D("0.414750")),
        "Blue Hotel": (1, D("0.029000")),
        "Delta Resell": (1, D("0.115500")),
    }
    shop = commands.draft_invoices(rated.db, rated.rami, period="2026-10").drafts[0]
    assert (shop.customer, shop.amount) == ("Delta Shop", D("0.144400"))
    commands.issue_invoices(rated.db, rated.sara)
    commands.issue_invoices(rated.db, rated.rami)
    assert queries.verify(rated.db) == []
    billed = calls.totals(rated.db, rated.sara, rated.at("2026-10-01"), rated.at("2026-11-01"))[0].revenue
    assert billed == sum(one.amount for one in report.drafts)


def test_rating_again_leaves_documents_alone(rated: World):
    commands.draft_invoices(rated.db, rated.sara, period="2026-10", leave_out_unrated=True)
    issued = commands.issue_invoices(rated.db, rated.sara).documents
    before = [queries.invoice_pdf(rated.db, rated.sara, one.id) for one in issued]
    rate_calls(rated.db, rated.sara, rerate=True)
    assert [queries.invoice_pdf(rated.db, rated.sara, one.id) for one in issued] == before
    again = commands.draft_invoices(rated.db, rated.sara, period="2026-10", leave_out_unrated=True)
    assert again.drafts == ()
    assert queries.verify(rated.db) == []
