"""Letters on paper: the shipped fonts, what they can show, widths, line breaks, and right-to-left text."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).resolve().parents[3] / "resources" / "fonts"
PLAIN, BOLD, NARROW = "Desk", "Desk-Bold", "Desk-Narrow"
FIGURE_SPACE = "\u2007"
"""As wide as a digit: figures padded with it stand under each other."""

_FILES = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf", NARROW: "DejaVuSansCondensed.ttf"}
_REPLACEMENT = "\ufffd"
_NOTHING = "\u200b"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@cache
def register() -> None:
    """Make the fonts known to reportlab, once; nothing else is ever embedded."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / file)))
    rl_config.canvas_basefontname = PLAIN
    rl_config.useA85 = 0  # bytes as they are: a fifth smaller than written as text


@lru_cache(maxsize=4096)
def shown(text: str, font: str = PLAIN) -> str:
    """The text in the order of its glyphs: Arabic joined, right-to-left turned, what the font lacks as U+FFFD."""
    clean = "".join(
        " " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in " ".join(text.split())
    )
    if _RIGHT_TO_LEFT.search(clean):
        clean = _turned(clean)
    known = _glyphs(font)
    if all(ord(one) in known for one in clean):
        return clean
    return "".join(one if ord(one) in known else _REPLACEMENT for one in unicodedata.normalize("NFC", clean))


def width(text: str, font: str, size: float) -> float:
    """Points that a shown text takes."""
    return _units(text, font) * size


def cut(text: str, font: str, size: float, room: float) -> str:
    """The shown text, ended by an ellipsis where it is wider than the room."""
    whole = shown(text, font)
    if width(whole, font, size) <= room:
        return whole
    kept = text
    while kept and width(shown(kept + "…", font), font, size) > room:
        kept = kept[:-1].rstrip()
    return shown(kept + "…", font)


def wrapped(text: str, font: str, size: float, room: float) -> list[str]:
    """The text in shown lines that fit the room; words longer than a line are broken."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in _words(paragraph, font, size, room):
            longer = f"{line} {word}" if line else word
            if line and width(shown(longer, font), font, size) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return [shown(line, font) for line in lines]


def is_right_to_left(text: str) -> bool:
    """Whether the first strong letter of a text runs from the right."""
    for one in text:
        if (kind := unicodedata.bidirectional(one)) in ("L", "R", "AL"):
            return kind != "L"
    return False


def _words(text: str, font: str, size: float, room: float) -> Iterator[str]:
    for word in text.split():
        rest = word
        while width(shown(rest, font), font, size) > room and len(rest) > 1:
            length = len(rest) - 1
            while length > 1 and width(shown(rest[:length], font), font, size) > room:
                length -= 1
            yield rest[:length]
            rest = rest[length:]
        yield rest


def _turned(text: str) -> str:
    """Joined and in visual order. A mark behind each bracket tells afterwards which ones have to be mirrored."""
    from arabic_reshaper import reshape
    from bidi import get_display
    from bidi.mirror import MIRRORED

    joined = reshape(unicodedata.normalize("NFKC", text))
    base = "R" if is_right_to_left(text) else "L"
    guard = "\u200e" if base == "L" and joined[-1:] in MIRRORED else ""
    marked = "".join(one + _NOTHING if one in MIRRORED else one for one in joined + guard)
    return _mirrored(get_display(marked, base_dir=base), MIRRORED)


def _mirrored(turned: str, pairs: dict[str, str]) -> str:
    """A mark before a bracket: it stands in text from the right and is mirrored; a mark behind it: it is not."""
    result: list[str] = []
    place = 0
    while place < len(turned):
        one, following = turned[place], turned[place + 1 : place + 2]
        if one == _NOTHING and following in pairs:
            result.append(pairs[following])
            place += 2
        else:
            result.append(one)
            place += 2 if one in pairs and following == _NOTHING else 1
    return "".join(one for one in result if one not in "\u200b\u200e\u200f")


@cache
def _glyphs(font: str) -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


@lru_cache(maxsize=20_000)
def _units(text: str, font: str) -> float:
    register()
    measured: float = pdfmetrics.stringWidth(text, font, 1)
    return measured
