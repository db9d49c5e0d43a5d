"""What is wrong with a call, in words and in order; when two calls are one; and the law of a file's rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from voipdesk.kernel.text import tr
from voipdesk.rating.rules import Trouble, trouble_text

DEDUPE_BITS = 63
"""Fits a signed 64-bit column; a hit is compared with the stored call before it counts."""


class CallProblem(StrEnum):
    """Why a call waits; the order here is the order in which they are told."""

    UNREADABLE = "unreadable"
    """A row of a file that is no call: kept aside with its reason."""
    UNREADABLE_NUMBER = "unreadable_number"
    UNKNOWN_ACCOUNT = "unknown_account"
    NO_PLAN = "no_plan"
    NO_RATE = "no_rate"
    BLOCKED = "blocked"
    TOO_LARGE = "too_large"
    NO_COST = "no_cost"
    COST_BLOCKED = "cost_blocked"
    OVER_LIMIT = "over_limit"


ORDER: dict[str, int] = {str(problem): place for place, problem in enumerate(CallProblem)}
"""Place of each code in lists of problems."""

DISMISSED = "dismissed"
"""Kept in `call.problem` of a call that somebody decided to leave unbilled; `dismissed: reason`."""

PRICED_ANYWAY = frozenset({CallProblem.NO_COST, CallProblem.COST_BLOCKED, CallProblem.OVER_LIMIT})
"""Problems of our cost only: the sale is priced and can be billed."""

OF_THE_SUPPLIER = frozenset({CallProblem.NO_COST, CallProblem.COST_BLOCKED})
"""Known to the admin level only: they tell of suppliers."""


def place_of(code: str) -> int:
    """Where a code stands in the order of problems; unknown codes come last."""
    return ORDER.get(code, len(ORDER))


def title(code: str) -> str:
    """A problem in a few words, for lists."""
    return {
        CallProblem.UNREADABLE: tr("Unreadable row"),
        CallProblem.UNREADABLE_NUMBER: tr("Unreadable number"),
        CallProblem.UNKNOWN_ACCOUNT: tr("Unknown account"),
        CallProblem.NO_PLAN: tr("No tariff plan"),
        CallProblem.NO_RATE: tr("No rate"),
        CallProblem.BLOCKED: tr("Blocked"),
        CallProblem.TOO_LARGE: tr("Amount too large"),
        CallProblem.NO_COST: tr("No cost"),
        CallProblem.COST_BLOCKED: tr("Blocked at the supplier"),
        CallProblem.OVER_LIMIT: tr("Over the limit"),
    }.get(CallProblem(code) if code in ORDER else CallProblem.UNREADABLE, code)


def role_title(role: str) -> str:
    """What a column of a call file holds, in a word or two."""
    return {
        "called": tr("called number"), "caller": tr("caller"), "account": tr("account"), "start": tr("start"),
        "time": tr("time of day"), "answer": tr("answer"), "end": tr("end"), "billsec": tr("talk time"),
        "duration": tr("duration"), "event": tr("begin or end"), "unique_id": tr("id of the call"),
        "disposition": tr("outcome"), "trunk": tr("trunk"), "supplier": tr("supplier"),
    }.get(role, role)  # fmt: skip


def read_as(columns: Mapping[str, int]) -> str:
    """How a file without titles was read: where each role was found, counted from 1."""
    told = ", ".join(f"{role_title(role)} {at}" for role, at in columns.items())
    return tr("The file has no titles. By its cells, these are the columns: {columns}.").format(columns=told)


def sentence(code: str) -> str:
    """A problem as a sentence with what to do next."""
    if code == CallProblem.UNREADABLE:
        return tr(
            "The row cannot be read as a call. Correct the file and import it again, or dismiss the row."
        )
    if code == CallProblem.OVER_LIMIT:
        return tr("The account is over its limit. Ask for a payment, or raise the limit.")
    return trouble_text(Trouble(code)) if code in set(Trouble) else code


@dataclass(frozen=True, slots=True)
class Same:
    """What makes a call one: its unique id (see `is_same`), else account, caller, called, answer time, duration."""

    unique_id: str
    account_text: str
    caller: str
    called: str
    answer: int
    """Microseconds since 1970 UTC."""
    talk_seconds: int

    @property
    def content(self) -> tuple[str, str, str, int, int]:
        """The key of a call whose file has no unique ids."""
        return (self.account_text, self.caller, self.called, self.answer, self.talk_seconds)


def dedupe_key(call: Same) -> int:
    """A 63-bit hash: of the unique id where there is one, else of the content. Equal calls have equal keys."""
    return dedupe_hash(call.unique_id) if call.unique_id else dedupe_hash(*call.content)


def dedupe_hash(*parts: str | int) -> int:
    """The hash of a key's parts; parts cannot run into each other, and an id never looks like content."""
    text = "\x1f".join(map(str, (len(parts), *parts)))
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def is_same(one: Same, other: Same, *, same_desk: bool) -> bool:
    """Whether two calls with equal hashes are truly one.

    A switch counts anew after a restart, and gives the legs of a call one id, so an id alone decides nothing: of one
    desk (importing account) two of called number, answer time and duration must agree as well (a file that is read
    again in another zone, or with a duration set right, is still the same). Two desks may number their calls alike by
    chance, so between desks all three must agree: nobody's call is swallowed by a stranger's.
    """
    if bool(one.unique_id) != bool(other.unique_id):
        return False
    if not one.unique_id:
        return one.content == other.content
    agreeing = (
        (one.called == other.called) + (one.answer == other.answer) + (one.talk_seconds == other.talk_seconds)
    )
    return one.unique_id == other.unique_id and agreeing >= (2 if same_desk else 3)


def in_order(codes: Iterable[str]) -> list[str]:
    """Codes of problems in the order in which they are told."""
    return sorted(codes, key=lambda code: (place_of(code), code))
