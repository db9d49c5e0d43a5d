"""Who may do what: levels of the tree, rights, and the values of this room (source: the roles of the product)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import Rounding
from voipdesk.kernel.problems import NotAllowed
from voipdesk.kernel.text import tr

LEVELS = ("admin", "reseller", "company", "user")
"""From the top down."""

PARENT_LEVELS: dict[str, tuple[str, ...]] = {
    "admin": (),
    "reseller": ("admin",),
    "company": ("admin", "reseller"),
    "user": ("company",),
}
"""Under which levels an account of a level may stand."""

ALL = "*"
"""Stored with a login that has every right of its level, also those that later versions add."""


class Right(StrEnum):
    """What somebody may do; each level has some of them, and a login may have fewer."""

    MANAGE_ACCOUNTS = "manage_accounts"
    """Create, change and move accounts below one's own, and the names by which calls find them."""
    MANAGE_LOGINS = "manage_logins"
    SEE_SUPPLIERS = "see_suppliers"
    MANAGE_SUPPLIERS = "manage_suppliers"
    SEE_COSTS = "see_costs"
    """Suppliers' prices and costs."""
    SEE_MARGINS = "see_margins"
    """Own margin: what the level below pays less what one pays oneself."""
    EDIT_RATES = "edit_rates"
    IMPORT_RATES = "import_rates"
    OVERRIDE_GUARDS = "override_guards"
    SEE_PLANS = "see_plans"
    EDIT_PLANS = "edit_plans"
    """Plans of one's own, their rules, and who has them."""
    SEE_PRICES = "see_prices"
    """Prices that apply to one's own subtree."""
    SEE_CALLS = "see_calls"
    IMPORT_CALLS = "import_calls"
    RATE_CALLS = "rate_calls"
    SEE_INVOICES = "see_invoices"
    INVOICE = "invoice"
    """Draft, issue and void documents for the accounts one sells to."""
    SEE_ACTIVITY = "see_activity"
    SETTINGS = "settings"
    BACKUP = "backup"


LEVEL_RIGHTS: dict[str, frozenset[Right]] = {
    "admin": frozenset(Right),
    "reseller": frozenset(
        {
            Right.MANAGE_ACCOUNTS,
            Right.MANAGE_LOGINS,
            Right.SEE_MARGINS,
            Right.SEE_PLANS,
            Right.EDIT_PLANS,
            Right.SEE_PRICES,
            Right.SEE_CALLS,
            Right.IMPORT_CALLS,
            Right.RATE_CALLS,
            Right.SEE_INVOICES,
            Right.INVOICE,
            Right.SEE_ACTIVITY,
        }
    ),
    "company": frozenset(
        {
            Right.MANAGE_ACCOUNTS,
            Right.MANAGE_LOGINS,
            Right.SEE_PRICES,
            Right.SEE_CALLS,
            Right.SEE_INVOICES,
            Right.SEE_ACTIVITY,
        }
    ),
    "user": frozenset({Right.SEE_PRICES, Right.SEE_CALLS}),
}
"""The most a login of a level can be given."""

GRANTED_ONLY: dict[str, frozenset[Right]] = {"user": frozenset({Right.SEE_CALLS})}
"""Rights a level has only where they are granted by name."""


@dataclass(frozen=True, slots=True)
class Account:
    """A node of the tree. `path` holds the ids from the root down to the account itself."""

    id: UUID
    parent_id: UUID | None
    level: str
    name: str
    code: str
    path: tuple[UUID, ...] = ()
    payment_mode: str = "postpaid"
    credit_limit: Decimal = Decimal(0)
    status: str = "active"
    country: str = ""
    """ISO 3166 alpha-2."""
    language: str = "en"
    address: dict[str, Any] = field(default_factory=dict)
    tax_status: str = "standard"
    payment_days: int = 14

    @property
    def depth(self) -> int:
        """How far below the root, for indenting; 0 for the root."""
        return max(0, len(self.path) - 1)


@dataclass(frozen=True, slots=True)
class Chain:
    """Who pays for a call of an account, from the admin's customer down; absent levels are None."""

    reseller_id: UUID | None = None
    company_id: UUID | None = None
    user_id: UUID | None = None

    @property
    def ids(self) -> tuple[UUID, ...]:
        """The accounts that pay, from the top down."""
        return tuple(one for one in (self.reseller_id, self.company_id, self.user_id) if one is not None)


NOTICE_KINDS = ("increase", "decrease", "new", "closed", "blocked")
"""Kinds of change that a carrier announces beforehand, each with days of its own."""

MOST_NOTICE = 365
SUPPLIER_STATES = ("active", "archived")


@dataclass(frozen=True, slots=True)
class SupplierFacts:
    """What the rooms above know of a supplier: its tables, how its sheets are read, and the last of them."""

    tables: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    last_sheet: str = ""
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Supplier:
    """A carrier we buy from. `notice_days` says how long before they count its changes are announced."""

    id: UUID
    name: str
    code: str
    currency: str
    notice_days: dict[str, int] = field(default_factory=dict)
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who signs in at an account."""

    id: UUID
    account_id: UUID
    name: str
    rights: frozenset[str]
    has_password: bool
    status: str = "active"


@dataclass(frozen=True, slots=True)
class AmountRounding:
    """The one rounding per call and level of this workspace; the fields of `rating.rules.RoundingRule`."""

    decimals: int = 6
    mode: Rounding = Rounding.HALF_UP


@dataclass(frozen=True, slots=True)
class Workspace:
    """The settings that everybody needs. `country` is the calling code given to national numbers (digits or '')."""

    name: str
    currency: str
    zone: ZoneInfo
    country: str = ""
    rounding: AmountRounding = AmountRounding()
    incarnation: str = ""
    is_sample: bool = False


def rights_of(level: str, granted: Iterable[str]) -> frozenset[str]:
    """The rights a login really has: those granted that its level can have; `*` means all of the level."""
    named = frozenset(granted)
    most = LEVEL_RIGHTS[level]
    if ALL in named:
        named |= most - GRANTED_ONLY.get(level, frozenset())
    return frozenset(str(right) for right in most if right in named)


def may(actor: Actor, right: Right, *, owner_path: Collection[UUID] | None = None) -> bool:
    """Whether the actor has a right, and, given the path of an object's owner, whether it lies in his subtree."""
    has = right in actor.rights and right in LEVEL_RIGHTS[actor.level]
    return has and (owner_path is None or actor.account_id in owner_path)


def require(actor: Actor, right: Right, *, owner_path: Collection[UUID] | None = None) -> None:
    """Raise `NotAllowed` unless the actor may; the sentence names nothing he might not see."""
    if not may(actor, right, owner_path=owner_path):
        raise NotAllowed(
            "not_allowed",
            tr("This is not part of your account."),
            tr("Ask the person who gave you your login."),
        )


def can_stand_under(level: str, parent_level: str) -> bool:
    """Whether an account of a level may be placed under one of the other level."""
    return parent_level in PARENT_LEVELS[level]


def code_from(name: str, prefix: str = "") -> str:
    """A code made of a name: capital letters and digits of its first word or two, behind a prefix."""
    words = ["".join(char for char in word.upper() if char.isalnum()) for word in name.split()]
    stem = "".join(word for word in words if word)[:12] or "ACCOUNT"
    return f"{prefix}-{stem}" if prefix else stem
