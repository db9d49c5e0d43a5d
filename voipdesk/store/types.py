"""Column types: exact money as scaled integers, instants as microseconds UTC, UUIDv7 keys, JSON text."""

import json
import os
import threading
import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    LargeBinary,
    Text,
    cast,
    func,
    literal_column,
    type_coerce,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from voipdesk.kernel.money import SCALE, from_scaled, to_scaled
from voipdesk.kernel.periods import from_micros, to_micros

_lock = threading.Lock()
_last = [0]


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562): milliseconds, then a counter within them, then chance; rises within a process."""
    with _lock:
        ticks = max((time.time_ns() << 12) // 1_000_000, _last[0] + 1)
        _last[0] = ticks
    millis, counter = ticks >> 12, ticks & 0xFFF
    chance = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    return UUID(int=(millis << 80) | (7 << 76) | (counter << 64) | (2 << 62) | chance)


class Scaled(TypeDecorator[Decimal]):
    """Decimal as an integer scaled by 10^8; a float raises TypeError, digits that would be lost ValueError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """To the integer at rest."""
        return None if value is None else to_scaled(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """From the integer at rest."""
        return None if value is None else from_scaled(value)


class _ScaledSum(TypeDecorator[Decimal]):
    """The text that `scaled_sum` makes in the database, as the Decimal it means."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """A sum is only read."""
        raise TypeError("a sum is read, never written")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """From `units:rest`, the rest in 10^-8."""
        if value is None:
            return None
        units, rest = value.split(":")
        return from_scaled(int(units) * 10**SCALE + int(rest))


def scaled_sum(expression: ColumnElement[Any]) -> ColumnElement[Decimal | None]:
    """The exact sum of scaled amounts; NULL of none.

    Units and fractions are summed apart: one SUM over integers scaled by 10^8 breaks off (SQLite) above 92 billion,
    a month's revenue in some currencies.
    """
    amount = type_coerce(expression, BigInteger)
    parts = [cast(func.sum(part), Text) for part in (amount // _UNIT, amount % _UNIT)]
    return type_coerce(parts[0] + ":" + parts[1], _ScaledSum)


_UNIT = literal_column(str(10**SCALE), BigInteger)


class Instant(TypeDecorator[datetime]):
    """An aware instant as microseconds since 1970 UTC; a naive one raises ValueError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To microseconds."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From microseconds, aware UTC."""
        return None if value is None else from_micros(value)


class Day(TypeDecorator[date]):
    """A calendar day as ISO text, so that both databases and people read the same."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """To `YYYY-MM-DD`."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """From `YYYY-MM-DD`."""
        return None if value is None else date.fromisoformat(value)


class Key(TypeDecorator[UUID]):
    """A UUIDv7: 16 bytes in SQLite, the native type in Postgres."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Native UUID where the server has one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """To 16 bytes or the native value."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """To a UUID."""
        if value is None or isinstance(value, UUID):
            return value
        return UUID(bytes=bytes(value))


class Json(TypeDecorator[Any]):
    """A value as canonical JSON text (sorted keys, no spaces); Decimals travel as strings made by the caller."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To text."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From text."""
        return None if value is None else json.loads(value)


def canonical_json(value: Any) -> str:
    """The one spelling of a JSON value, for storing and for hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
