"""Which character set a text file is written in: marks first, then proof (UTF-8), then the letters themselves."""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from voipdesk.tabular.container import utf16_of

CHUNK = 1 << 20
_WORD = re.compile(rb"[A-Za-z'\x80-\xff]*[\x80-\xff][A-Za-z'\x80-\xff]*")
CANDIDATES = (
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1256",
    "cp1255",
    "cp866",
    "koi8-r",
    "mac-roman",
)
_FAVOUR = {"cp1252": 0.06, "cp1251": 0.04, "cp1250": 0.02}
_COMMON = {
    "cp1252": frozenset("éèêëàâäçîïôöùûüñáíóúãõåæøßÉÈÀÄÖÜÇÑÁÍÓÚÅØ£€°§"),
    "cp1250": frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžýáíéúČŘŠŽőűŐŰăâîșțşţđäöüßô"),
    "cp1254": frozenset("ığşçöüİĞŞÇÖÜâî"),
    "mac-roman": frozenset("éèêëàâäçîïôöùûüñáíóúãõåæøß"),
}


def encoding_of(path: Path) -> str:
    """`utf-8`, `utf-8-sig`, `utf-16…` or the single-byte code page whose letters make words; reads the whole file once."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if sixteen := utf16_of(head):
            return sixteen
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        odd: list[bytes] = []
        chunk = head
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
            decoder.decode(b"", final=True)
            return "utf-8"
        except UnicodeDecodeError:
            odd = _words(head) or _words(chunk)
    return _best(odd)


def _words(raw: bytes) -> list[bytes]:
    """Up to 3,000 words with a byte above ASCII."""
    return [match.group() for match, _ in zip(_WORD.finditer(raw), range(3000), strict=False)]


def _best(words: Iterable[bytes]) -> str:
    """The code page whose reading of these words looks most like words."""
    # Each word once: a name on every row must not drown the few that tell the code pages apart.
    listed = list(dict.fromkeys(words))
    scores = {name: _score(listed, name) + _FAVOUR.get(name, 0.0) for name in CANDIDATES}
    return max(scores, key=lambda name: scores[name])


def _score(words: list[bytes], name: str) -> float:
    """The mean likelihood (-1..1) that these bytes are words in the code page."""
    if not words:
        return 0.0
    return sum(_word_score(word.decode(name, "replace"), name) for word in words) / len(words)


def _word_score(word: str, name: str) -> float:
    """A word of one script, in one case after its first letter, whose accents are the usual ones."""
    letters = [char for char in word if char.isalpha()]
    high = [char for char in word if ord(char) > 127]
    if "\ufffd" in word or any(unicodedata.category(char) in {"Cc", "Co", "Cn"} for char in word):
        return -1.0
    odd = sum(1 for char in high if not char.isalpha())
    scripts = {_script(char) for char in letters}
    if len(scripts) > 1 or odd * 2 > len(high):
        return -0.7
    if any(char.isupper() for char in letters[1:]) and any(char.islower() for char in letters):
        return -0.5
    if scripts == {"LATIN"}:
        if len(high) * 2 > len(word) and len(word) > 2:
            return -0.6
        common = _COMMON.get(name, frozenset())
        return 0.5 + 0.5 * sum(char in common for char in high) / len(high) - 0.3 * odd
    return 0.9 - 0.3 * odd - (0.4 if len(letters) < 3 else 0.0)


def _script(char: str) -> str:
    return unicodedata.name(char, "OTHER").split()[0]
