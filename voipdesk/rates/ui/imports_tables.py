"""The two lists of the page of imports as grids: files that wait, and what became of the others."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from voipdesk.kernel.ledger import PARTS
from voipdesk.kernel.text import tr
from voipdesk.kit.grid import Column, Kind, Look, MemorySource
from voipdesk.rates.queries import ImportRecord
from voipdesk.rates.queries.intake import CALLS, RATES, WaitingFile
from voipdesk.rates.ui.dialogs import COUNTS, count_titles


def file_looks() -> dict[str, Look]:
    """States of waiting files and of imports: a word, a sign, a tone."""
    return {
        "waiting": Look(tr("Waiting"), "clock", "accent"), "failed": Look(tr("Failed"), "stop", "danger"),
        "skipped": Look(tr("Skipped"), "pause", "muted"), "staged": Look(tr("Staged"), "clock", "accent"),
        "published": Look(tr("Published"), "ok", "ok"), "reverted": Look(tr("Reverted"), "undo", "warning"),
        "cancelled": Look(tr("Cancelled"), "close", "muted"),
    }  # fmt: skip


def kind_text(kind: str) -> str:
    """What a waiting file is, in words."""
    return {RATES: tr("Rate sheet"), CALLS: tr("Call file")}.get(kind, tr("Unknown"))


def queue_columns() -> list[Column]:
    """The columns of the queue."""
    return [
        Column("number", tr("No."), Kind.INT, width=5),
        Column("state", tr("State"), Kind.STATE, width=11, looks=file_looks()),
        Column("name", tr("File"), width=20, stretch=True),
        Column("kind", tr("Kind"), width=12),
        Column("table", tr("For table"), width=12),
        Column("remark", tr("Remark"), width=33),
        Column("at", tr("Since"), Kind.TIME, width=19),
    ]


def queue_source(files: Sequence[WaitingFile]) -> MemorySource:
    """The queue as rows; keys are the ids."""
    rows = [
        (one.number, one.state, one.name, kind_text(one.kind), one.table, remark(one), one.at)
        for one in files
    ]
    return MemorySource.keyed(queue_columns(), rows, [str(one.id) for one in files])


def remark(one: WaitingFile) -> str:
    """Why a file cannot be read, or which other one has the same content."""
    if one.problem is not None:
        return f"{one.problem.message} {one.problem.hint}".strip()
    if one.same_number is not None:
        return tr("same content as item {number}").format(number=one.same_number)
    if one.same_import:
        return tr("same content as {file}, imported before").format(file=one.same_import)
    return tr("from the watched folder") if one.via == "watch" else ""


def history_columns() -> list[Column]:
    """The columns of the history: when, who, what, where every row went, what changed, what became of it."""
    parts = (tr("Skipped"), tr("Blank"), tr("Accepted"), tr("Dupl."), tr("Quarantine"))
    titles = count_titles()
    return [
        Column("at", tr("When"), Kind.TIME, width=19),
        Column("state", tr("State"), Kind.STATE, width=12, looks=file_looks()),
        Column("file", tr("File"), width=24, stretch=True),
        Column("table", tr("Table"), width=16),
        Column("by", tr("By"), width=9),
        Column("profile", tr("Profile"), width=14),
        Column("rows", tr("Rows"), Kind.INT, width=8),
        *(Column(name, title, Kind.INT, width=8) for name, title in zip(PARTS, parts, strict=True)),
        *(Column(name, titles[name], Kind.INT, width=8) for name in COUNTS),
    ]


def history_source(records: Sequence[ImportRecord], profiles: Mapping[UUID, str]) -> MemorySource:
    """The history as rows; keys are the ids."""
    rows: list[tuple[Any, ...]] = []
    for one in records:
        ledger = [one.ledger.get(name) for name in ("rows", *PARTS)]
        counts = [one.counts.get(name) for name in COUNTS]
        profile = profiles.get(one.profile_id, "") if one.profile_id else ""
        rows.append((one.at, one.state, one.file_name, one.table, one.actor_name, profile, *ledger, *counts))
    return MemorySource.keyed(history_columns(), rows, [str(one.id) for one in records])
