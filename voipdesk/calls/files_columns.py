"""Which column of a call file is what: found by the words of its header, or told by a profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voipdesk.calls.files_values import DAY_FIRST, read_seconds, read_time
from voipdesk.kernel.problems import Problem

_WORDS = {
    "unique_id": "uniqueid callid uuid guid sipcallid accid originid linkedid recordid calluuid cdrid id",
    "account": "account accountcode accountname customer client kunde cliente compte konto subscriber",
    "trunk": "trunk trunkname ingress gateway inboundtrunk",
    "supplier": "supplier carrier vendor provider lieferant fournisseur proveedor",
    "caller": "caller callerid callernumber calling callingnumber callingparty src source ani cli clid anrufer from",
    "called": "called callednumber calledparty calledstation dialed dialled dialednumber dst dnis cld zielrufnummer "
    "destinationnumber bnumber to number destination",
    "start": "start starttime startdate callstart calldate datetime begin setup setuptime date datum fecha",
    "time": "time uhrzeit clock hora heure",
    "answer": "answer answertime answerdate answered connect connecttime connected answerstamp",
    "talk": "billsec billseconds talk talktime talkseconds sessiontime usage conversation billabletime",
    "duration": "duration dauer seconds length durationsec callduration duree duracion",
    "disposition": "disposition status result callstatus terminatecause hangupcause cause state reason",
}
WORDS = {name: tuple(words.split()) for name, words in _WORDS.items()}
"""Header words of each field, the best first; compared without case and anything but letters and digits."""

NEEDED = (("called",), ("start", "answer"), ("talk", "duration"))

_UNANSWERED = (
    "noanswer busy failed cancel canceled cancelled congestion chanunavail originatorcancel userbusy nouserresponse "
    "callrejected unallocatednumber missed notanswered unanswered failedcancelled"
)
UNANSWERED = frozenset(_UNANSWERED.split())
"""Dispositions of calls nobody answered: where a file has no talk time, its duration is ringing then."""

ASTERISK = {
    "account": 0, "caller": 1, "called": 2, "start": 9, "answer": 10, "duration": 12, "talk": 13,
    "disposition": 14, "unique_id": 16,
}  # fmt: skip
"""Columns of a file without header that has Asterisk's order."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The layout of a call file: the header's row (0: none), the column of each field, and the order of dates."""

    header: int = 0
    places: Mapping[str, int] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    date_order: str = DAY_FIRST

    @property
    def is_enough(self) -> bool:
        """Whether the columns that no call can do without are known."""
        return all(any(name in self.places for name in names) for names in NEEDED)

    def title(self, name: str) -> str:
        """How the file calls a field."""
        place = self.places.get(name, -1)
        return self.titles[place] if 0 <= place < len(self.titles) else name

    def as_data(self) -> dict[str, Any]:
        """For storing with a profile or an import."""
        return {"header": self.header, "columns": dict(self.places), "date_order": self.date_order}


def plain(word: object) -> str:
    """Letters and digits of a header, small."""
    return "".join(char for char in str(word).casefold() if char.isalnum())


def by_header(row: int, cells: Sequence[object]) -> Columns:
    """The columns that a header names; each column serves one field."""
    words = [plain(cell) for cell in cells]
    places: dict[str, int] = {}
    for name, known in WORDS.items():
        for word in known:
            if word in words and words.index(word) not in places.values():
                places[name] = words.index(word)
                break
    return Columns(row, places, tuple(str(cell).strip() for cell in cells))


def by_order(cells: Sequence[object]) -> Columns | None:
    """Asterisk's order where a row without header has it."""
    if len(cells) < 17:
        return None
    start, talk = read_time(cells[ASTERISK["start"]]), read_seconds(cells[ASTERISK["talk"]])
    if start is None or isinstance(start, Problem) or isinstance(talk, Problem):
        return None
    return Columns(0, ASTERISK)


def from_data(data: Mapping[str, Any], header: Sequence[object]) -> Columns:
    """Columns told by a profile: positions, or the titles of a header (in any order of the file)."""
    words = [plain(cell) for cell in header]
    places: dict[str, int] = {}
    for name, place in dict(data.get("columns", {})).items():
        if isinstance(place, int):
            places[name] = place
        elif plain(place) in words:
            places[name] = words.index(plain(place))
    titles = tuple(str(cell).strip() for cell in header)
    return Columns(int(data.get("header", 0)), places, titles, str(data.get("date_order", DAY_FIRST)))
