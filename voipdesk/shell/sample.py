"""The sample workspace: a small reseller's desk made by the same commands a person would use."""

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from voipdesk.accounts import commands as people
from voipdesk.accounts.queries import actor_named, workspace
from voipdesk.billing import commands as billing
from voipdesk.billing.rules.taxes import TaxRule
from voipdesk.calls import commands as calls
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import Clock
from voipdesk.kernel.progress import Progress, Quiet
from voipdesk.kernel.text import tr
from voipdesk.rates import commands as rates
from voipdesk.store.database import Database
from voipdesk.tariffs import commands as tariffs

SOURCES = Path(__file__).resolve().parents[2] / "resources" / "sample"
LAST_DAY = date(2026, 10, 31)
"""The last day in the shipped call file; a sample made later shows the same calls up to its yesterday."""

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
SUPPLIERS = (
    ("Meridian Carrier", "Meridian A-Z", "meridian_az.csv"),
    ("Baltic Voice", "Baltic A-Z", "baltic_preise.csv"),
    ("Harbour Telecom", "Harbour wholesale", "harbour_wholesale.xlsx"),
)
DEFAULT_TABLE = SUPPLIERS[0][1]
ACCOUNTS = (
    # name, level, under, plan, names in call files
    ("Northwind Telecom", "reseller", None, "Wholesale", ()),
    ("Pine Street Clinic", "company", "Northwind Telecom", "Northwind Retail", ("PINE",)),
    ("Quayside Hotel", "company", "Northwind Telecom", "Northwind Retail", ("QUAY",)),
    ("Marlow Logistics", "company", None, "Retail", ("MARLOW",)),
    ("Elm Grove School", "company", None, "+10 %", ("ELMGROVE",)),
    ("شركة النيل للسياحة", "company", None, "Retail", ("NILE",)),
    ("Saffron Travel", "company", None, "Retail", ()),
    ("Harper", "user", "Marlow Logistics", None, ("HARPER",)),
    ("Front desk", "user", "Saffron Travel", None, ("SAFFRON",)),
)
FEES = (("Marlow Logistics", "25.00"), ("Elm Grove School", "12.50"), ("Pine Street Clinic", "9.00"))


def write_sample(
    path: Path, *, bare: bool = False, clock: Clock | None = None, progress: Progress | None = None
) -> Database:
    """Make the sample workspace at `path`: people, plans, and (unless `bare`) sheets and a rated month of calls.

    A bare sample is for living the main job by hand: its tables are empty and wait for the shipped sheets.
    """
    report = progress or Quiet()
    db = people.start_workspace(
        path, company="Lighthouse Voice", currency="USD", zone="Europe/London", login="sara", clock=clock
    )
    actor = actor_named(db)
    _settings(db, actor)
    _tables(db, actor, with_rates=not bare, report=report)
    _plans(db, actor)
    _accounts(db, actor)
    if not bare:
        _calls(db, actor, report)
    return db


def call_file(day: date) -> bytes:
    """The shipped call file with its days moved so that the last one is `day`."""
    text = (SOURCES / "calls" / "switch_2026-10.csv").read_text(encoding="utf-8")
    moved = io.StringIO()
    writer = csv.writer(moved, lineterminator="\n")
    writer.writerows(_moved(csv.reader(io.StringIO(text)), day - LAST_DAY))
    return moved.getvalue().encode()


def _moved(rows: Iterator[list[str]], by: timedelta) -> Iterator[list[str]]:
    """Rows with start and answer (columns 5 and 6) moved by whole days."""
    yield next(rows)
    for row in rows:
        for at in (4, 5):
            if row[at]:
                row[at] = (datetime.fromisoformat(row[at]) + by).isoformat(sep=" ")
        yield row


def _settings(db: Database, actor: Actor) -> None:
    people.set_setting(db, actor, key="sample", value=True)
    address = {
        "legal_name": "Lighthouse Voice Ltd",
        "lines": ["3 Harbour Steps", "Falmouth TR11 3LP"],
        "email": "desk@lighthouse.example",
    }
    people.change_account(db, actor, account=actor.account_id, address=address, country="GB")
    billing.set_tax_rule(db, actor, TaxRule("*", "standard", SINCE.date(), "S", Decimal(20)))


def _tables(db: Database, actor: Actor, *, with_rates: bool, report: Progress) -> None:
    for at, (supplier, table, sheet) in enumerate(SUPPLIERS):
        report.step(at, len(SUPPLIERS), tr("rate sheets"))
        people.create_supplier(db, actor, name=supplier, currency="USD", notice_days={"increase": 7})
        rates.create_table(
            db, actor, name=table, currency="USD", supplier=supplier, default=table == DEFAULT_TABLE
        )
        if with_rates:
            rates.import_sheet(db, actor, SOURCES / "rates" / sheet, table=table)


def _plans(db: Database, actor: Actor) -> None:
    tariffs.seed_plans(db, actor, table=DEFAULT_TABLE)
    tariffs.create_plan(
        db,
        actor,
        name="Retail",
        table=DEFAULT_TABLE,
        decimals=4,
        rounding="up",
        minimum_margin=Decimal("0.002"),
    )
    tariffs.add_rule(db, actor, plan="Retail", match="all", action="markup", markup=Decimal("0.28"))
    tariffs.add_rule(db, actor, plan="Retail", match="destination", pattern="*Premium", action="block")
    tariffs.create_plan(db, actor, name="Wholesale", table=DEFAULT_TABLE, decimals=4, rounding="up")
    tariffs.add_rule(db, actor, plan="Wholesale", match="all", action="markup", markup=Decimal("0.08"))


def _accounts(db: Database, actor: Actor) -> None:
    for name, level, under, _, aliases in ACCOUNTS:
        language = "ar" if name.isascii() is False else "en"
        account = people.create_account(
            db, actor, name=name, level=level, parent=under, language=language, country="GB"
        )
        for alias in aliases:
            people.add_alias(db, actor, account=account.id, value=alias)
    reseller = people.create_login(db, actor, name="rami", account="Northwind Telecom")
    people.create_login(db, actor, name="cora", account="Marlow Logistics")
    people.create_login(db, actor, name="uma", account="Harper")
    own = actor_named(db, reseller.name)
    tariffs.create_plan(db, own, name="Northwind Retail", table=None, decimals=4, rounding="up")
    tariffs.add_rule(db, own, plan="Northwind Retail", match="all", action="markup", markup=Decimal("0.25"))
    for name, _, _, plan, _ in ACCOUNTS:
        if plan:
            who = own if plan == "Northwind Retail" else actor
            tariffs.assign_plan(db, who, account=name, plan=plan, since=SINCE)
    for name, amount in FEES:
        who = own if name == "Pine Street Clinic" else actor
        days = (SINCE.date(), None)
        billing.set_fee(db, who, account=name, text=tr("Line rental"), amount=Decimal(amount), days=days)


def _calls(db: Database, actor: Actor, report: Progress) -> None:
    yesterday = db.clock.today(workspace(db).zone) - timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"switch_{yesterday:%Y-%m}.csv"
        file.write_bytes(call_file(yesterday))
        calls.import_calls(db, actor, file, progress=report)
    calls.rate_calls(db, actor, progress=report)
