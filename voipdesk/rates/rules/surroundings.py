"""What the rooms above know about a sheet before it is published: minutes of the prefixes, and whom it hurts.

Rates look down only. Who calls hands in somebody that answers; without one, guards G11 and G14 are silent and G3
tells no minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from voipdesk.kernel.changes import Actor

Connection = Any
"""An open `sqlalchemy.Connection`: everything is answered in the snapshot of the one who asks."""

Assertions = Any
"""`rates.engine.RateColumns`: every published row of a table, not only those in force."""

WINDOW_DAYS = 30
"""Days back from now whose minutes count, and days that a change of margin is told for."""


@dataclass(frozen=True, slots=True)
class BelowCost:
    """A sell prefix that is sold below its cost once the sheet is live, and was not before it or not by so much."""

    plan_id: UUID
    plan: str
    account: str
    """The one account that a rule or plan of its own belongs to, or '': all of the plan."""
    prefix: str
    destination: str
    sell: Decimal
    """Per minute, in the currency of the table."""
    cost: Decimal
    effective_from: datetime
    """From when it is sold below cost."""
    is_new_prefix: bool = False
    """The sheet brings this longer prefix; what is sold under it is the price of a shorter one (G11)."""
    is_refused: bool = False
    """The plan sells nothing below its base: the prefix will be blocked instead."""


@dataclass(frozen=True, slots=True)
class CustomerEffect:
    """What one customer's calls of the last 30 days would leave on the prefixes sold to it below cost."""

    account_id: UUID
    account: str
    plan: str
    seconds: int
    """Talk seconds of the last 30 days to those prefixes."""
    margin: Decimal
    """Price less cost of those calls once the sheet is live, per 30 days in the currency of the table: the loss."""
    change: Decimal
    """The same less what they leave today."""
    prefixes: int = 0
    """Sell prefixes of this customer that are below cost afterwards."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A sell prefix without any supplier once the sheet is live (G14), and the plans that still sell it."""

    prefix: str
    destination: str
    effective_from: datetime
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequences:
    """What publishing would do to what is sold. `at`: the instant when all changes of the sheet have begun."""

    at: datetime
    below_cost: tuple[BelowCost, ...] = ()
    """By plan and prefix; of each plan those that matter most, thousands at most. The counts are of all."""
    customers: tuple[CustomerEffect, ...] = ()
    """The largest loss first; all customers of plans with a prefix below cost, also those that did not call it."""
    orphans: tuple[Orphan, ...] = ()
    by_plan: Mapping[str, int] = field(default_factory=dict)
    """Sell prefixes below cost for each plan that has any, and zeros for the others that somebody has."""
    prefixes: int = 0
    """Different sell prefixes below cost, of all plans together."""

    @property
    def margin(self) -> Decimal:
        """What the customers' calls would leave on the prefixes below cost, per 30 days; zero or less."""
        return sum((one.margin for one in self.customers), Decimal(0))

    @property
    def traps(self) -> tuple[BelowCost, ...]:
        """New longer prefixes that are sold below cost through a shorter one (G11)."""
        return tuple(one for one in self.below_cost if one.is_new_prefix)


NOT_SOLD = -(2**63)
"""No price of a plan."""


@dataclass(frozen=True, slots=True)
class PlanPrices:
    """What one plan sells some prefixes at."""

    plan: str
    prices: Any
    """An int64 array, one for each prefix asked about: per minute x 10^8, `NOT_SOLD` where the plan sells none."""


class Surroundings(Protocol):
    """Somebody above who knows calls and tariffs."""

    def seconds(
        self,
        conn: Connection,
        table_number: int,
        prefixes: Sequence[str],
        *,
        since: datetime,
        until: datetime,
    ) -> Mapping[str, int]:
        """Talk seconds of the calls in a time by the longest of the given prefixes; without those of no call.

        Calls whose cost comes from the table, or would come from it. `prefixes` are those live and those of the sheet,
        so that a new longer prefix already shows what it would catch; an array of ASCII bytes will do for them.
        """

    def plan_prices(
        self,
        conn: Connection,
        actor: Actor,
        table_number: int,
        prefixes: Sequence[str],
        *,
        at: datetime,
        rates: Assertions,
    ) -> Sequence[PlanPrices]:
        """Of each plan that concerns the table what it sells these prefixes at: plans over it, or that it costs by.

        `rates` are those of the table in force at the instant; whoever asks has read them.
        """

    def consequences(
        self,
        conn: Connection,
        actor: Actor,
        table_number: int,
        *,
        before: Assertions,
        after: Assertions,
        at: datetime,
    ) -> Consequences:
        """What changes for what is sold when `before` becomes `after`, looked at at an instant.

        Names only accounts that the actor may see.
        """
