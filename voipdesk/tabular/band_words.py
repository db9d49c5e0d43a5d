"""Words that say at which time of the week a price holds: peak, off-peak, weekend, night, evening, in the languages senders
write. The phrases are looked for in titles as `words.plain` and `stems.bare` leave them.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from voipdesk.tabular.stems import bare

PEAK, OFF_PEAK, WEEKEND, NIGHT, EVENING = "peak", "off-peak", "weekend", "night", "evening"

ROLE = "rate."
"""Begins the role of a column that holds the price of a time band: `rate.off-peak`, or `rate.` and a band's name."""

FEE = "connection_fee."
"""Begins the role of a column that holds the connect fee of a time band."""

_WORDS: Mapping[str, str] = {
    WEEKEND: (
        "weekend|week end|week ends|wochenend|fin de semaine|fin de semana|fines de semana|"
        "fim de semana|fins de semana|fine settimana|sabato e domenica|sat sun|saturday sunday|"
        "vikend|hetvege|sfarsit de saptamana|sfarsitul saptamanii|hafta sonu|haftasonu|выходн|"
        "вихідн|نهاية الاسبوع|نهاية الأسبوع|عطلة الاسبوع|عطلة الأسبوع|周末|週末|土日|주말|helg|"
        "viikonlop|σαββατοκυριακ|akhir pekan|уикенд|samstag sonntag|samedi dimanche|sabado domingo|"
        "sabado e domingo|zaterdag zondag|sobota niedziela|sobota nedele|суббота воскресенье"
    ),
    OFF_PEAK: (
        "off peak|offpeak|off pk|non peak|nonpeak|not peak|nebenzeit|nebentarif|niedertarif|"
        "schwachlast|heures creuses|heure creuse|creuse|creuses|hors pointe|"
        "hors heures de pointe|heures reduites|fuera de pico|fuera de hora pico|"
        "fuera de horas pico|fuera de hora punta|fuera de horas punta|fuera de la hora pico|"
        "fuera de punta|fuera de hora|fuera de horas|horas valle|hora valle|periodo valle|valle|"
        "no pico|horario reducido|hora reducida|tarifa reducida|fora de pico|fora de ponta|"
        "fora do pico|fora da ponta|fora ponta|fora da hora de ponta|fora do horario de pico|"
        "fora de hora de pico|fora da hora de pico|horario reduzido|hora reduzida|"
        "tarifa reduzida|fascia ridotta|ora ridotta|ore ridotte|tariffa ridotta|ridotta|"
        "fuori punta|fuori picco|ore non di punta|fascia bassa|dal|daluren|daltarief|dalperiode|"
        "buiten piek|buiten de piek|poza szczyt|pozaszczyt|mimo spic|mimospic|slaby provoz|"
        "csucsidon kivul|csucsidon tul|afara orelor de varf|afara varf|yogun olmayan|"
        "yogun saat disi|yogun saatler disi|yogunluk disi|pik disi|puant disi|непик|внепик|"
        "вне пик|не пик|льготн|позапік|поза пік|непік|خارج الذروة|خارج وقت الذروة|"
        "خارج اوقات الذروة|خارج أوقات الذروة|غير الذروة|خارج ساعات الذروة|非高峰|闲时|閒時|低谷|"
        "谷时|谷時|非繁忙|オフピーク|閑散|비피크|오프피크|경부하|비혼잡|lagtrafik|lagtid|"
        "lag trafik|utanfor hogtrafik|lavtid|lavtakst|uden for spids|lavtrafikk|utenom rush|"
        "ruuhkaajan ulko|ruuhka ajan ulko|hiljai|εκτος αιχμ|μη αιχμ|luar jam sibuk|"
        "luar jam puncak|luar puncak|извън пик"
    ),
    NIGHT: (
        "night|nacht|nuit|noche|nocturn|noite|noturn|notte|notturn|noc|nocn|nocni|nocna|nocny|"
        "ejszaka|ejjel|noapte|gece|ноч|ніч|нічн|нощ|ليل|夜|深夜|夜間|야간|심야|natt|νυχτ|malam"
    ),
    EVENING: (
        "evening|abend|soir|soiree|serale|sera|avond|wieczor|vecer|seara|aksam|вечер|вечір|"
        "вечірн|مساء|مسائي|晚间|晚上|傍晚|夕方|저녁|kvall|aften|kveld|esti|ilta|βραδ"
    ),
    PEAK: (
        "peak|on peak|onpeak|hauptzeit|haupttarif|hochtarif|spitzenzeit|stosszeit|heures pleines|"
        "heure pleine|pleines|heures de pointe|heure de pointe|pointe|pico|hora pico|punta|"
        "hora punta|ponta|cheia|fascia intera|picco|piek|piekuren|piektarief|szczyt|spick|spicce|"
        "csucsido|varf|ore de varf|yogun|pik|puant|пик|пиков|пік|піков|ذروة|الذروة|高峰|峰时|"
        "峰時|忙时|忙時|繁忙|ピーク|피크|혼잡|hogtrafik|hogtid|hojtid|spidsbelast|myldretid|"
        "hoytrafikk|rushtid|ruuhka|huippu|αιχμ|jam sibuk|puncak"
    ),
}
"""In the order in which they are looked for: `off peak` holds `peak`, `weekend night` is of the weekend."""

_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WHOLE = 3
"""Phrases up to this length stand as a whole word; longer ones begin one, for languages inflect."""

_MARKS = re.compile(r"[^\w]+|_")
_HOURS = re.compile(
    r"\b(?:hours?|times?|periods?|zeit|zeiten|heures?|horas?|horario|ore|orario|fascia|godziny|hodiny|orak|saatler[iı]?|"
    r"saat|часы|час|години|time|tid|uren|periodo|periode|plage|okres|tariff?zeit|اوقات|وقت|ساعات|rate|in|di|de|do|da)\b"
)


def _pattern(phrases: str) -> re.Pattern[str]:
    parts = []
    for phrase in phrases.split("|"):
        text = " ".join(bare(phrase.casefold()).split())
        if _WIDE.search(text):
            parts.append(re.escape(text))
        else:
            parts.append(rf"\b{re.escape(text)}" + (r"\b" if len(text) <= _WHOLE else r"\w*"))
    return re.compile("|".join(sorted(parts, key=len, reverse=True)))


_PATTERNS = {kind: _pattern(phrases) for kind, phrases in _WORDS.items()}


@lru_cache(maxsize=4096)
def split_band(plain: str) -> tuple[frozenset[str], str]:
    """(the times a plain title speaks of, what is left of it without their words)."""
    rest, found = bare(plain), []
    for kind, pattern in _PATTERNS.items():
        rest, count = pattern.subn(" ", rest)
        if count:
            found.append(kind)
    return frozenset(found), " ".join(rest.split())


def band_kind(plain: str) -> str:
    """The one time a plain title speaks of; '' where there is none, or where a peak price holds at other times too."""
    kinds, _ = split_band(plain)
    if not kinds or (PEAK in kinds and len(kinds) > 1):
        return ""
    return next(kind for kind in (OFF_PEAK, WEEKEND, NIGHT, EVENING, PEAK) if kind in kinds)


def is_band_alone(plain: str) -> bool:
    """Whether a plain title names nothing but a time: `Off-Peak`, `Heures creuses`."""
    kinds, rest = split_band(plain)
    return bool(kinds) and not _HOURS.sub(" ", rest).split()


_ALL_WEEK = frozenset(
    [
        "all week", "all day", "all", "all times", "always", "any", "any time", "anytime", "24 7", "24 x 7", "24 h", "flat",
        "standard", "day", "none",
    ]
)  # fmt: skip


def part_role(role: str) -> tuple[str, str]:
    """(what begins the role of a column of a time band, the band); two empty texts for any other role."""
    return next(
        ((start, role.removeprefix(start)) for start in (ROLE, FEE) if role.startswith(start)), ("", "")
    )


def known_band(text: str, bands: Iterable[str], *, is_cell: bool = False) -> str | None:
    """Which of a table's time bands a plain text means: the one of that name, else the only one of that time of the week.
    A cell (`is_cell`) may also mean all week, ''. None where it means neither.
    """
    known = list(bands)
    plain = " ".join(_MARKS.sub(" ", text.casefold()).split())
    for name in known:
        if " ".join(_MARKS.sub(" ", name.casefold()).split()) == plain:
            return name
    kind = band_kind(plain)
    alike = [
        name
        for name in known
        if kind and band_kind(" ".join(_MARKS.sub(" ", name.casefold()).split())) == kind
    ]
    if len(alike) == 1:
        return alike[0]
    return "" if is_cell and (kind == PEAK or plain in _ALL_WEEK or not plain) else None
