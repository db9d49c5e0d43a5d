"""Tables of people: accounts, the names by which calls find them, suppliers, logins."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from voipdesk.store.tables import metadata
from voipdesk.store.types import Instant, Json, Key, Scaled

account = Table(
    "account",
    metadata,
    Column("id", Key, primary_key=True),
    Column("parent_id", Key, ForeignKey("account.id"), index=True),
    Column(
        "level",
        Text,
        CheckConstraint("level IN ('admin','reseller','company','user')", name="level"),
        nullable=False,
    ),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("payment_mode", Text, nullable=False, server_default="postpaid"),  # postpaid, prepaid
    Column("credit_limit", Scaled, nullable=False, server_default="0"),
    Column("status", Text, nullable=False, server_default="active"),  # active, disabled
    Column("country", Text, nullable=False, server_default=""),  # ISO 3166 alpha-2
    Column("language", Text, nullable=False, server_default="en"),
    Column("address", Json),  # {"lines": [...], "vat_id": "", "email": "", "legal_name": "", "iban": ""}
    Column("tax_status", Text, nullable=False, server_default="standard"),  # standard, reverse_charge, exempt
    Column("payment_days", Integer, nullable=False, server_default="14"),
    Column("created_at", Instant, nullable=False),
    info={"journal": True},
)
"""The tree Admin > Reseller > Company > User. One admin, whose account is our own company."""

account_alias = Table(
    "account_alias",
    metadata,
    Column("id", Key, primary_key=True),
    Column("account_id", Key, ForeignKey("account.id"), nullable=False, index=True),
    Column("owner_id", Key, ForeignKey("account.id"), nullable=False),  # whose call files it serves
    Column("kind", Text, nullable=False),  # account, trunk, caller
    Column("value", Text, nullable=False),
    UniqueConstraint("owner_id", "kind", "value"),
    info={"journal": True},
)
"""How a call finds its account: value of the account field, trunk name, or caller prefix.

Each desk (the admin, a reseller) has names of its own: nobody learns, or takes, what a sibling's switch calls a customer.
"""

supplier = Table(
    "supplier",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("code", Text, nullable=False, unique=True),
    Column("currency", Text, nullable=False),
    Column("notice_days", Json, nullable=False, server_default="{}"),  # {"increase": 7, "decrease": 0, …}
    Column("status", Text, nullable=False, server_default="active"),
    info={"journal": True},
)
"""Carriers we buy from; seen by the admin level only."""

login = Table(
    "login",
    metadata,
    Column("id", Key, primary_key=True),
    Column("account_id", Key, ForeignKey("account.id"), nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("password_hash", Text),  # argon2; NULL: no password asked on this file
    Column("rights", Json, nullable=False, server_default="[]"),  # rights by name; ["*"]: all of the level
    Column("status", Text, nullable=False, server_default="active"),
    Index("ix_login_account_id", "account_id"),
    info={"journal": True},
)
"""People who sign in, each at one account of the tree."""

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Key, primary_key=True),
    Column("actor_name", Text, nullable=False),
    Column("place", Text, nullable=False),  # the grid it belongs to: rates, plans, …
    Column("name", Text, nullable=False),
    Column("state", Json, nullable=False),  # filters, order, columns with widths
    UniqueConstraint("actor_name", "place", "name"),
    info={"journal": True},
)
"""Named layouts and filters of a grid, each person's own."""
