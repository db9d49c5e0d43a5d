"""What the importer sees in a file, and the answers a person gives to what a file leaves open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import options, said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import FilePath
from voipdesk.kernel.digits import whole_number
from voipdesk.kernel.problems import FileError, Problem, Refused
from voipdesk.kernel.scales import scale_of, scale_text
from voipdesk.kernel.text import tr

if TYPE_CHECKING:
    from voipdesk.tabular.layout import Layout

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "decimal": (".", ","),
    "date_order": ("dmy", "mdy", "ymd"),
    "hyphen": ("span", "join"),
    "length": ("s", "ms", "min", "hms"),
}
"""What a file may leave open, and what can be said to it; anything else is text, a number or a column."""

NUMBERS = ("header_row", "first_data_row")
TEXTS = ("sheet", "codes", "currency")

OPEN_QUESTIONS = frozenset({"asks", "not_understood", "unknown_columns", "date_order"})
"""Refusals that `--set` answers."""


@command(voipdesk)
@click.argument("file", type=FilePath())
@click.option("--sheet", help="Of a workbook (default: the one that looks most like rates or calls).")
@click.option("--kind", type=click.Choice(["rates", "cdr"]), help="What the file is meant to be.")
def inspect(desk: Desk, *, file: Path, sheet: str | None, kind: str | None) -> None:
    """What the importer sees in a file: kind, columns, decimal sign, dates, and what it would ask."""
    from voipdesk.tabular.sniff import sniff

    found = sniff(file, kind=kind, sheet=sheet)
    said.object_or_text({"file": file.name, **found.as_json()}, _seen(file, found), as_object=desk.json)


def answers(pairs: Sequence[str]) -> dict[str, Any]:
    """`--set` pairs checked, as the importers take them; wrong usage names the pair."""
    return {name: _answer(name, value) for name, value in options.settings(pairs).items()}


def answerable(refused: Refused, file: Path) -> Refused:
    """The same refusal with the options of the command line that go on from it."""
    if refused.code == "guards":
        words = [one.hint.rstrip(".").rpartition(" ")[2] for one in refused.problems]
        how = tr("Nothing was changed. Check the sheet; to go on all the same: {options}.").format(
            options=" ".join(f"--accept {word}" for word in words)
        )
        return Refused(refused.code, refused.problem.message, how, problems=refused.problems)
    if refused.code not in OPEN_QUESTIONS:
        return refused
    how = tr("{hint} On the command line: {options}").format(
        hint=refused.problem.hint, options=tr("; and ").join(_ways(refused, file))
    )
    problems = [Problem(one.code, one.message, "", one.place, one.severity) for one in refused.problems]
    return Refused(refused.code, refused.problem.message, how.strip(), problems=problems)


def write_bytes(out: Path, content: bytes) -> None:
    """A file as it was kept; FileError with the cause where the disk refuses."""
    try:
        out.write_bytes(content)
    except OSError as cause:
        raise FileError(
            "file_unwritable",
            tr("{file} cannot be written: {why}.").format(file=out.name, why=cause.strerror or cause),
            tr("Choose another place. Nothing else was changed."),
        ) from cause


def left_out(notes: Iterable[str], bandless: Sequence[str]) -> Iterator[str]:
    """Columns of prices that an import does not take, and what takes those of a part of the week."""
    yield from (f"  {note}" for note in notes)
    if bandless:
        text = tr("  Not taken, as the table has no time band for it: {titles}. Make one: {option}")
        option = f'--band "{bandless[0].replace("=", " ")}=Mon-Fri 20:00-08:00, Sat-Sun"'
        yield text.format(titles=", ".join(bandless), option=option)


def _ways(refused: Refused, file: Path) -> list[str]:
    """Options that answer, one entry for each question."""
    if refused.code == "unknown_columns":
        return [_guessed(file)]
    if refused.code == "not_understood":
        return ["--set columns.prefix=1 --set columns.rate=3"]
    asked = [one.code.removeprefix("ask.") for one in refused.problems if one.code.startswith("ask.")]
    names = asked or ["date_order"]
    return [" / ".join(f"--set {name}={word}" for word in _choices(name)) for name in names]


def _guessed(file: Path) -> str:
    """What the importer would guess of a call file without known titles, ready to be said or corrected."""
    from voipdesk.tabular.sniff import sniff

    try:
        seen = sniff(file, kind="cdr")
    except FileError:
        seen = None
    if seen is not None and not seen.columns and seen.dialect and seen.dialect.delimiter is None:
        # Records without separators: the characters of a line, first and last.
        return "--set columns.called=53-80 --set columns.start=15-28 --set columns.billsec=128-133 --set length=hms"
    if seen is None or not {"called", "start", "billsec"} <= set(seen.columns):
        return "--set columns.called=4 --set columns.start=5 --set columns.billsec=8"
    told = [f"columns.{name}={at + 1}" for name, at in seen.columns.items() if name in _call_roles()]
    told += [] if seen.header_row == 1 else [f"header_row={seen.header_row or 0}"]
    return " ".join(f"--set {one}" for one in told)


def _call_roles() -> set[str]:
    """What columns of a call file can be."""
    from voipdesk.tabular.words import CALLS

    return set(CALLS.values())


def _roles() -> set[str]:
    """What columns of any sheet can be."""
    from voipdesk.tabular.words import RATES

    return {*RATES.values()} | _call_roles()


def _choices(name: str) -> tuple[str, ...]:
    """What a person chooses from; a file never leaves open whether the year comes first."""
    return {"date_order": ("dmy", "mdy"), "scale": ("1", "0.01", "0.001", "0.0001")}.get(name) or ANSWERS.get(
        name, ("…",)
    )


def _answer(name: str, value: str) -> Any:
    if name in ANSWERS and value in ANSWERS[name]:
        return value
    if name in TEXTS and value:
        return value
    role = name.removeprefix("columns.") if name.startswith("columns.") else ""
    if len(role) > len("rate.") and role.startswith("rate.") and value == "0":
        return 0  # the price of a time band that is not wanted
    is_number = name in NUMBERS or role in _roles() or (role.startswith("rate.") and role != "rate.")
    # Columns count from 1, as a spreadsheet's do for people; a header in row 0 is none.
    if name.startswith("columns.") and name[len("columns.") :] in _call_roles():
        first, dash, last = value.partition("-")
        begin, end = whole_number(first), whole_number(last)
        if dash and begin and end and begin <= end:
            return begin - 1, end  # characters of a line, for records without separators
    number = whole_number(value)
    if is_number and number is not None and (number >= 1 or name == "header_row"):
        return number
    if name == "scale":
        with suppress(ValueError):
            return scale_text(scale_of(value))
    raise click.BadParameter(
        f"{name}={value!r}: use decimal=. or , date_order=dmy, mdy or ymd, hyphen=span or join, columns.NAME=1 "
        "(counted from 1; columns.rate.BAND of a time band), header_row=N, first_data_row=N, scale=0.01 (or 1/60), "
        "currency=USD, sheet=NAME or NAME/NAME, codes=NAME or -",
        param_hint="--set",
    )


def _seen(file: Path, found: "Layout") -> Iterator[str]:
    """The layout as a table: each finding, how sure it is, and what decided it."""
    seen = found.as_json()
    yield f"{file.name}: {seen['kind']} ({seen['container']})"
    facts = (
        "encoding",
        "delimiter",
        "sheet",
        "header_row",
        "first_data_row",
        "decimal",
        "date_order",
        "scale",
    )
    for name in (*facts, "currency"):
        if seen[name] not in (None, ""):
            why = found.evidence.get(name, "")
            yield f"  {name.replace('_', ' ').ljust(16)} {_shown(seen[name]).ljust(12)} {why}".rstrip()
    for role, at in sorted(found.columns.items(), key=lambda item: item[1]):
        sure = found.confidence.get(role)
        certain = "" if sure is None else tr("{sure:.0%} sure").format(sure=min(sure, 1))
        yield (
            tr("  column {place} is {role} {title} {certain}")
            .format(
                place=str(at + 1).rjust(3),
                role=role.ljust(22),
                title=found.title(at).ljust(28),
                certain=certain,
            )
            .rstrip()
        )
    for note in found.notes:
        yield f"  ! {note}"
    for question in found.ask:
        yield f"  ? {question.text}"
        yield f"    answer with --set {question.about}={'|'.join(question.answers) or '…'}"


def _shown(value: Any) -> str:
    return {"\t": "tab", " ": "space"}.get(value, str(value)) if isinstance(value, str) else str(value)
