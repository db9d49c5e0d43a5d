"""Why a call costs what it costs: the stored terms of each level and the steps from them to the amount."""

from datetime import datetime

from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from voipdesk.calls.queries import Explanation, LevelReason
from voipdesk.kernel.money import plain
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.derivation import derivation
from voipdesk.kit.desk import Desk
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.store.database import Database


class WhyDialog(QDialog):
    """`dialog.why`: the call, and a card for each level that the actor may see."""

    def __init__(self, parent: QWidget, desk: Desk[Database], found: Explanation) -> None:
        super().__init__(parent)
        named(self, "dialog.why", tr("Why this price"))
        self.setWindowTitle(tr("Why this price"))
        self._desk = desk
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        box.setSpacing(theme.M)
        box.addWidget(label(_title(found), size=1.25, bold=True))
        box.addWidget(label(self._about(found), tone="muted", wrap=True))
        if found.problem:
            box.addWidget(label(found.problem, tone="danger", wrap=True))
        box.addWidget(self._levels(found), 1)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button(tr("Close"), "close", look="primary", act=self.accept))
        box.addLayout(row)
        self.resize(theme.ems(38), theme.ems(34))

    def _levels(self, found: Explanation) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        for level in found.levels:
            column.addWidget(_card(level))
        if not found.levels:
            column.addWidget(label(tr("This call was not rated yet."), tone="muted"))
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        area.setAccessibleName(tr("Levels"))
        return area

    def _about(self, found: Explanation) -> str:
        one = found.call
        parts = [
            self._time(one.answer),
            tr("from {caller}").format(caller=one.caller or tr("unknown")),
            tr("{seconds} s talked").format(seconds=one.talk_seconds),
            tr("row {row} of import {number}").format(row=one.row, number=one.import_seq),
        ]
        if found.rated_at is not None:
            said = tr("rated {when} by {name}")
            parts.append(said.format(when=self._time(found.rated_at), name=found.rated_by))
        return " · ".join(parts)

    def _time(self, when: datetime) -> str:
        return when.astimezone(self._desk.zone).strftime("%Y-%m-%d %H:%M:%S")


def level_title(level: str, account: str) -> str:
    """A level in words."""
    if level == "cost":
        return tr("What the supplier charges")
    return tr("What {account} pays").format(account=account)


def _title(found: Explanation) -> str:
    where = found.call.destination or tr("Call")
    return f"{where}  ·  {found.call.number or found.call.called}"


def _card(level: LevelReason) -> QFrame:
    amount = tr("no price") if level.amount is None else f"{plain(level.amount):f}"
    remark = ""
    if level.recomputed is not None and level.recomputed != level.amount:
        said = tr("Computed again from the stored terms it would be {amount}.")
        remark = said.format(amount=plain(level.recomputed))
    return derivation(
        f"why.{level.level}",
        level_title(level.level, level.account),
        amount,
        [(step.label, step.value) for step in level.steps],
        tone="danger" if level.amount is None else "",
        remark=remark,
    )
