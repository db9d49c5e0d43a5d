"""What a rate asserts, when it is in force, what a new sheet changes, and what must be asked before."""

from voipdesk.rates.rules.assertions import (
    STATES,
    Assertion,
    NewRate,
    band_of,
    in_force,
    is_standing,
)
from voipdesk.rates.rules.changes import (
    Facts,
    Kind,
    Scope,
    Standing,
    closings,
    country_of,
    is_in_countries,
    kind_of,
    notice_of,
)

__all__ = [
    "STATES",
    "Assertion",
    "Facts",
    "Kind",
    "NewRate",
    "Scope",
    "Standing",
    "band_of",
    "closings",
    "country_of",
    "in_force",
    "is_in_countries",
    "is_standing",
    "kind_of",
    "notice_of",
]
