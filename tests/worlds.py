"""A small world to test in: "Acme VoIP", its people, one supplier's table, its plans; lived on 23 Nov 2026.

`acme(tmp_path)` gives a `World` over a fresh workspace file (made once a process, then copied, so it is quick):

    with acme(tmp_path) as world:
        world.sara, world.rami, world.zoe, world.cora, world.uma     actors: admin, two resellers, a company, a user
        world.account("Nile Calls")                                  accounts by name, whoever may see them
        world.actor("nora")                                          any login
        world.at("2026-10-15 12:00")                                 an instant on the wall clock of Cairo
        world.db                                                     the Database, its clock fixed at NOW

The tree: Acme VoIP (admin) over Nile Calls (with the user Uma), Blue Hotel, Orchid Clinic, Palm Travel, Delta Traders,
Delta Resell over Delta Shop, Zeta Resell over Zeta Shop. Names in call files: NILE, BLUE, ORCHID, PALM, DTRADE, DSHOP,
ZSHOP. Supplier Aurora with the default table "Aurora A-Z", 14 prefixes since 1 Oct 2026 Cairo. Plans of Acme: Gold and
Silver (fixed prices), "Silver for Delta Traders" (2010 at 0.1100), Wholesale (+10 %, up to 4 decimals), and the
three predefined ones; of Delta Resell: "DR Retail" (+25 % on what it pays, up to 4 decimals). Zeta Shop has no plan.
`acme(tmp_path, plans=False)` stops before the plans.
"""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from voipdesk.accounts import commands as people
from voipdesk.accounts import queries as known
from voipdesk.accounts.rules import Account
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.periods import Clock, parse_instant
from voipdesk.rates import schema as rates
from voipdesk.store.database import Database
from voipdesk.store.types import uuid7
from voipdesk.tariffs import commands as tariffs
from voipdesk.tariffs.rules import Action, Match, PlanRule

CAIRO = ZoneInfo("Africa/Cairo")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SINCE = parse_instant("2026-10-01", CAIRO)

ACCOUNTS = """
    Nile Calls     company   Acme VoIP     postpaid  NILE
    Blue Hotel     company   Acme VoIP     postpaid  BLUE
    Orchid Clinic  company   Acme VoIP     postpaid  ORCHID
    Palm Travel    company   Acme VoIP     prepaid   PALM
    Delta Traders  company   Acme VoIP     postpaid  DTRADE
    Delta Resell   reseller  Acme VoIP     postpaid  -
    Zeta Resell    reseller  Acme VoIP     postpaid  -
    Delta Shop     company   Delta Resell  postpaid  DSHOP
    Zeta Shop      company   Zeta Resell   postpaid  ZSHOP
    Uma            user      Nile Calls    postpaid  -
"""

LOGINS = {"rami": "Delta Resell", "zoe": "Zeta Resell", "cora": "Nile Calls", "uma": "Uma"}

PLAN_OF = {
    "Nile Calls": "Gold",
    "Blue Hotel": "Gold",
    "Orchid Clinic": "Silver",
    "Palm Travel": "Silver",
    "Delta Traders": "Silver for Delta Traders",
    "Delta Resell": "Wholesale",
    "Zeta Resell": "Wholesale",
    "Delta Shop": "DR Retail",
}

PRICES = """
    prefix  destination            interval  buy     gold    silver
    1       USA & Canada           6/6       0.0090  0.0120  0.0140
    1876    Jamaica                60/60     0.1200  0.1450  0.1600
    44      UK Fixed               1/1       0.0080  0.0110  0.0130
    447     UK Mobile              1/1       0.0250  0.0290  0.0330
    49      Germany Fixed          1/1       0.0110  0.0140  0.0160
    4915    Germany Mobile         1/1       0.0300  0.0320  0.0380
    4916    Germany Mobile         1/1       0.0300  0.0320  0.0380
    4917    Germany Mobile         1/1       0.0300  0.0320  0.0380
    20      Egypt Fixed            1/1       0.0850  0.0990  0.1100
    2010    Egypt Mobile Vodafone  1/1       0.1050  0.1150  0.1300
    2011    Egypt Mobile Etisalat  1/1       0.1050  0.1150  0.1300
    2012    Egypt Mobile Orange    1/1       0.1100  0.1150  0.1300
    53      Cuba                   60/60     0.6500  0.7500  0.8000
    960     Maldives               60/60     0.9000  1.0500  1.2000
"""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One line of PRICES."""

    prefix: str
    destination: str
    initial: int
    following: int
    buy: Decimal
    gold: Decimal
    silver: Decimal


def price_rows() -> list[PriceRow]:
    """PRICES as values."""
    found = []
    for line in PRICES.strip().splitlines()[1:]:
        prefix, *name, interval, buy, gold, silver = line.split()
        first, following = interval.split("/")
        found.append(
            PriceRow(
                prefix,
                " ".join(name),
                int(first),
                int(following),
                Decimal(buy),
                Decimal(gold),
                Decimal(silver),
            )
        )
    return found


class World:
    """An open workspace with everybody in it; closes its file as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = Database.open(path, Clock(NOW))
        self.sara = known.actor_named(self.db)
        self.accounts = {one.name: one for one in known.tree(self.db, self.sara)}

    @property
    def rami(self) -> Actor:
        return self.actor("rami")

    @property
    def zoe(self) -> Actor:
        return self.actor("zoe")

    @property
    def cora(self) -> Actor:
        return self.actor("cora")

    @property
    def uma(self) -> Actor:
        return self.actor("uma")

    def actor(self, login: str) -> Actor:
        return known.actor_named(self.db, login)

    def account(self, name: str) -> Account:
        return self.accounts[name]

    def at(self, text: str) -> datetime:
        return parse_instant(text, CAIRO)

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> "World":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def acme(tmp_path: Path, *, plans: bool = True) -> World:
    """The world in a file `acme.vdesk` of the folder; see the head of this module."""
    path = tmp_path / "acme.vdesk"
    path.write_bytes(_template(plans))
    return World(path)


@cache
def _template(plans: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.vdesk"
        db = people.start_workspace(
            path, company="Acme VoIP", currency="USD", zone="Africa/Cairo", login="sara", clock=Clock(NOW)
        )
        try:
            sara = known.actor_named(db)
            _people(db, sara)
            _table(db, sara)
            if plans:
                _plans(db, sara)
        finally:
            db.close()
        return path.read_bytes()


def _people(db: Database, sara: Actor) -> None:
    for line in ACCOUNTS.strip().splitlines():
        name, level, parent, mode, alias = (part.strip() for part in _columns(line))
        account = people.create_account(db, sara, name=name, level=level, parent=parent, payment_mode=mode)
        if alias != "-":
            people.add_alias(db, sara, account=account.id, value=alias)
    for login, name in LOGINS.items():
        people.create_login(db, sara, account=name, name=login)
    people.create_supplier(db, sara, name="Aurora", notice_days={"increase": 7})


def _columns(line: str) -> list[str]:
    """Cells of a text table are parted by two blanks or more."""
    return [part for part in line.strip().split("  ") if part.strip()]


def _table(db: Database, sara: Actor) -> None:
    """Rows written below every command, so that this world stands even where importing is broken."""
    supplier = known.suppliers(db, sara)[0]
    table, version = uuid7(), uuid7()
    with db.write("Fixture: Aurora A-Z", sara, undoable=False) as write:
        write.conn.execute(
            insert(rates.rate_table).values(
                id=table, number=1, supplier_id=supplier.id, name="Aurora A-Z", currency="USD", is_default=1
            )
        )
        write.conn.execute(
            insert(rates.rate_version).values(
                id=version,
                seq=1,
                table_id=table,
                state="published",
                source="seed",
                created_at=write.now,
                published_at=write.now,
            )
        )
        write.conn.execute(
            insert(rates.sequence), [{"name": "rate_table", "value": 1}, {"name": "rate_version", "value": 1}]
        )
        write.conn.execute(
            insert(rates.rate),
            [
                {
                    "table_number": 1,
                    "version_seq": 1,
                    "prefix": row.prefix,
                    "destination": row.destination,
                    "price": row.buy,
                    "initial_interval": row.initial,
                    "next_interval": row.following,
                    "effective_from": SINCE,
                }
                for row in price_rows()
            ],
        )


def _plans(db: Database, sara: Actor) -> None:
    rows = price_rows()
    gold = {row.prefix: row.gold for row in rows}
    silver = {row.prefix: row.silver for row in rows}
    tariffs.seed_plans(db, sara)
    tariffs.create_plan(db, sara, name="Gold", rules=fixed(gold))
    tariffs.create_plan(db, sara, name="Silver", rules=fixed(silver))
    agreed = silver | {"2010": Decimal("0.1100")}
    tariffs.create_plan(db, sara, name="Silver for Delta Traders", rules=fixed(agreed))
    tariffs.create_plan(
        db, sara, name="Wholesale", rules=[PlanRule(markup=Decimal("0.10"))], decimals=4, rounding="up"
    )
    rami = known.actor_named(db, "rami")
    tariffs.create_plan(
        db, rami, name="DR Retail", rules=[PlanRule(markup=Decimal("0.25"))], decimals=4, rounding="up"
    )
    for account, plan in PLAN_OF.items():
        seller = rami if plan == "DR Retail" else sara
        tariffs.assign_plan(db, seller, account=account, plan=plan, since=SINCE)


def fixed(prices: dict[str, Decimal]) -> list[PlanRule]:
    """Rules of a plan with a price of its own for each prefix and what lies under it."""
    return [
        PlanRule(Match.PREFIX, prefix, Action.FIXED, fixed_price=price) for prefix, price in prices.items()
    ]
