"""Which character set a text file is written in: marks first, then proof (UTF-8), then the letters themselves."""

import codecs
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from voipdesk.tabular.container import utf16_of

CHUNK = 1 << 20
_MOSTLY = 0.9
MOST_LINES = 500
_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_WORD = re.compile(rb"[A-Za-z'\x80-\xff]*[\x80-\xff][A-Za-z'\x80-\xff]*")
CANDIDATES = (
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1256",
    "cp1255",
    "cp1257",
    "cp866",
    "koi8-r",
    "mac-roman",
)
WIDE = ("cp949", "gb18030", "big5", "cp932")
"""Code pages of two bytes a sign, which only text of theirs can be read in from end to end."""

_GLUED = re.compile("[^\x00-\x7f][a-z]")
"""A sign before a small letter: rather the first letter of a western word and its second, as of `Åland`."""

_USUAL: dict[str, tuple[tuple[int, int], ...]] = {
    "gb18030": ((0xB0, 0xD7), (0xA1, 0xA3)),
    "big5": ((0xA4, 0xC6), (0xA1, 0xA3)),
    "cp932": ((0x82, 0x83), (0x88, 0x97), (0x81, 0x81)),
    "cp949": ((0xB0, 0xC8), (0xA1, 0xA3)),
}
"""First bytes of the signs in daily use, and of punctuation."""

_FAVOUR = {"cp1252": 0.06, "cp1251": 0.04, "cp1250": 0.02}
_CENTRAL = "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîșțşţ äöüß čćđšž"
_WESTERN = "éèêëàâçîïôùûüœæ£€°§ äöüß£€°§ ñáéíóúü€°ªº ãõáàâéêíóôúüç€°ªº àèéìòù€° åäöæøéü£€°§"
_BALTIC = "ąčęėįšųūž āčēģīķļņšūž"
_MIXED = frozenset(_WESTERN + _WESTERN.upper()) - {" "}
"""Names of countries are written in the letters of several western languages side by side."""

_ALPHABETS: dict[str, tuple[frozenset[str], ...]] = {
    "cp1252": tuple(frozenset(letters + letters.upper()) for letters in _WESTERN.split()),
    "cp1250": tuple(frozenset(letters + letters.upper()) for letters in _CENTRAL.split()),
    "cp1254": (frozenset("ığşçöüİĞŞÇÖÜâî"),),
    "cp1257": tuple(frozenset(letters + letters.upper()) for letters in _BALTIC.split()),
    "mac-roman": (frozenset("éèêëàâäçîïôöùûüñáíóúãõåæøß"),),
}
"""Letters above ASCII of each language."""

_TYPE = frozenset("$€£¥§°©®™ªº«»‹›–—‘’‚“”„…•·\u00a0")
"""Signs of typography and money, which may stand anywhere."""

_LONE_TILDE = re.compile(r"[õÕ](?![eEsS])")
"""Portuguese has the sign in `ões`; elsewhere it is a Hungarian letter of another code page."""

_VOWELS = dict.fromkeys(("cp1251", "koi8-r", "cp866"), frozenset("аеёиіїоуыэюяє")) | {
    "cp1253": frozenset("αεηιουωάέήίόύώ")
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
        chunk = head
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
            decoder.decode(b"", final=True)
            return "utf-8"
        except UnicodeDecodeError:
            part = head if _WORD.search(head) else chunk
    return _wide(part) or _best(_words(part))


def _wide(raw: bytes) -> str | None:
    """The code page of two bytes a sign that reads every line, nearly all of it signs in daily use."""
    lines = [match.group() for match in islice(_LINE.finditer(raw), MOST_LINES)]
    if len(lines) > 1 and len(raw) == CHUNK:
        lines.pop()  # a cut one
    found: dict[str, float] = {}
    for name in WIDE:
        usual = total = glued = 0
        try:
            for line in lines:
                text = line.decode(name)
                signs = [sign for sign in text if ord(sign) > 127]
                glued += len(_GLUED.findall(text))
                firsts = [sign.encode(name)[0] for sign in signs]
                usual += sum(any(low <= one <= high for low, high in _USUAL[name]) for one in firsts)
                total += len(signs)
        except UnicodeError:
            continue
        if total > 3 and glued * 2 < total:
            found[name] = usual / total
    best = max(found, key=lambda name: found[name], default="")
    return best if best and found[best] > _MOSTLY else None


def _words(raw: bytes) -> list[bytes]:
    """Up to 3,000 words with a byte above ASCII."""
    return [match.group() for match, _ in zip(_WORD.finditer(raw), range(3000), strict=False)]


def _best(words: Iterable[bytes]) -> str:
    """The code page whose reading of these words looks most like words."""
    # Each word once: a name on every row must not drown the few that tell the code pages apart.
    listed = list(dict.fromkeys(words))[:MOST_LINES]
    scores = {name: _score(listed, name) + _FAVOUR.get(name, 0.0) for name in CANDIDATES}
    for name, vowels in _VOWELS.items():
        letters = [char for char in b" ".join(listed).decode(name, "replace").casefold() if char > "\u036f"]
        if letters and sum(char in vowels for char in letters) < 0.33 * len(letters):
            scores[name] -= 0.3  # letters of another script: words do not go without vowels
    return max(scores, key=lambda name: scores[name])


def _score(words: list[bytes], name: str) -> float:
    """The mean likelihood (-1..1) that these bytes are words in the code page, by the language that fits it best."""
    if not words:
        return 0.0
    texts = [word.decode(name, "replace") for word in words]
    alphabets = _ALPHABETS.get(name, (frozenset(),))
    best = max(_fit(texts, letters) for letters in alphabets)
    return max(best, _fit(texts, _MIXED) - 0.08) if name == "cp1252" else best


def _fit(texts: Sequence[str], letters: frozenset[str]) -> float:
    return sum(_word_score(text, letters) for text in texts) / len(texts)


def _word_score(word: str, common: frozenset[str]) -> float:
    """A word of one script, in one case after its first letter, whose accents are the usual ones."""
    letters = [char for char in word if char.isalpha()]
    high = [char for char in word if ord(char) > 127]
    if "\ufffd" in word or any(unicodedata.category(char) in {"Cc", "Co", "Cn"} for char in word):
        return -1.0
    high = [char for char in high if char not in _TYPE]
    if not high:
        return 0.7  # the sign of a currency beside a number, quotation marks, a dash
    if len(word) == 1 and word.isupper():
        return 0.4
    odd = sum(1 for char in high if not char.isalpha())
    scripts = {_script(char) for char in letters}
    if len(scripts) > 1 or odd * 2 > len(high):
        return -0.7
    if any(char.isupper() for char in letters[1:]) and any(char.islower() for char in letters):
        return -0.5
    if scripts == {"LATIN"}:
        if len(high) * 2 > len(word) and len(word) > 2:
            return -0.6
        strange = odd + len(_LONE_TILDE.findall(word))
        return 0.5 + 0.5 * sum(char in common for char in high) / len(high) - 0.3 * strange
    return 0.9 - 0.3 * odd - (0.4 if len(letters) < 3 else 0.0)


def _script(char: str) -> str:
    return unicodedata.name(char, "OTHER").split()[0]
