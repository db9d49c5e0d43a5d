"""What issued invoices stand on cannot be taken from under them."""

from pathlib import Path

import pytest

from tests.worlds import acme
from voipdesk.billing import commands
from voipdesk.calls.commands import import_calls, rate_calls
from voipdesk.calls.queries import version_lock
from voipdesk.kernel.problems import Refused
from voipdesk.rates.commands import revert_version
from voipdesk.rates.queries import versions

CALLS = """uniqueid,account,caller,called,start,answer,billsec,disposition
a1,NILE,1000,00447700900123,2026-10-20 10:00:00,2026-10-20 10:00:05,60,ANSWERED
"""


def test_a_version_under_an_issued_invoice_is_not_reverted(tmp_path: Path):
    with acme(tmp_path) as world:
        newest = versions(world.db, world.sara, "Aurora A-Z")[0]
        file = tmp_path / "calls.csv"
        file.write_text(CALLS, encoding="utf-8")
        import_calls(world.db, world.sara, file, zone="Africa/Cairo")
        rate_calls(world.db, world.sara)
        commands.draft_invoices(world.db, world.sara, period="2026-10")
        with world.db.read() as conn:
            assert version_lock(conn, newest.seq) == "", "a draft can be made anew"
        issued = commands.issue_invoices(world.db, world.sara).documents[0]
        with pytest.raises(Refused, match=issued.number) as refused:
            revert_version(world.db, world.sara, table="Aurora A-Z", locked=version_lock)
        assert refused.value.code == "version_locked"
        commands.void_invoice(world.db, world.sara, invoice=issued.id, reason="wrong prices")
        assert (
            revert_version(world.db, world.sara, table="Aurora A-Z", locked=version_lock).state == "reverted"
        )
