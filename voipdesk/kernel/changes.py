"""What a write did, told once to everyone who shows it."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account of the tree and the person's name. Rights are decided in `accounts`."""

    account_id: UUID
    level: str
    """admin, reseller, company or user."""
    name: str
    rights: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One journaled row: table, key (hex of the id), and `insert`, `update` or `delete`."""

    table: str
    key: str
    operation: str


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One committed transaction: its journal number, label, who, and the rows by table."""

    seq: int
    label: str
    actor: str
    changes: tuple[Change, ...] = field(default=())

    @property
    def tables(self) -> frozenset[str]:
        """Names of the journaled tables touched."""
        return frozenset(change.table for change in self.changes)
