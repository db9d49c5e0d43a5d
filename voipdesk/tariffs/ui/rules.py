"""The rules of a plan: how they are listed, and the dialog for one of them."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from voipdesk.kernel.money import plain
from voipdesk.kernel.periods import day_start
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import ChoiceEdit, DateEdit, PriceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Kind
from voipdesk.kit.names import named
from voipdesk.tariffs.queries import KeptRule
from voipdesk.tariffs.rules import Action, Match, PlanRule, action_text, where_text

_INTERVAL = re.compile(r"\s*(\d{1,4})\s*/\s*(\d{1,4})\s*")


def rule_columns() -> list[Column]:
    """What the list of rules shows."""
    return [
        Column("rule", tr("Applies to"), width=22, stretch=True),
        Column("does", tr("What it does"), width=17),
        Column("since", tr("From"), Kind.DATE, width=10),
        Column("until", tr("Until"), Kind.DATE, width=10),
        Column("connect_fee", tr("Connect fee"), Kind.PRICE, width=10),
        Column("minimum_charge", tr("Least charge"), Kind.PRICE, width=10),
        Column("interval", tr("Interval"), width=8),
    ]


def rule_row(kept: KeptRule) -> tuple[Any, ...]:
    """A rule as the list shows it."""
    rule, span = kept.rule, kept.rule.effective
    return (
        where_text(rule),
        action_text(rule),
        span.start if span else None,
        span.end if span else None,
        rule.connect_fee,
        rule.minimum_charge,
        interval_text(rule) or None,
    )


def short_text(rule: PlanRule) -> str:
    """A rule for a narrow column: what it speaks about and what it does."""
    where = {Match.ALL: tr("all"), Match.PREFIX: f"{rule.pattern}*"}.get(rule.match, rule.pattern)
    if rule.action is Action.FIXED:
        return f"{where} = {plain(rule.fixed_price or Decimal(0)):f}"
    return f"{where} {action_text(rule)}"


def interval_text(rule: PlanRule) -> str:
    """The intervals a rule sets, as 60/1; '' where it leaves them to the base."""
    if rule.initial_interval is None and rule.next_interval is None:
        return ""
    return f"{rule.initial_interval or 1}/{rule.next_interval or 1}"


def matches() -> Sequence[tuple[Match, str]]:
    """What a rule may speak about, in words."""
    return (
        (Match.ALL, tr("Everything")),
        (Match.PREFIX, tr("A prefix and all under it")),
        (Match.EXACT, tr("Exactly a prefix")),
        (Match.DESTINATION, tr("Destinations by name")),
    )


def actions() -> Sequence[tuple[Action, str]]:
    """What a rule may do, in words."""
    return (
        (Action.MARKUP, tr("Add to the buy price")),
        (Action.FIXED, tr("Fixed price")),
        (Action.FREE, tr("Free")),
        (Action.BLOCK, tr("Block")),
        (Action.OMIT, tr("Leave out")),
    )


class RuleDialog(FormDialog):
    """Asks for a rule; fields that its action does not use are off."""

    def __init__(self, parent: QWidget, zone: ZoneInfo, today: date, rule: PlanRule | None = None) -> None:
        self._zone, self._before = zone, _edges(rule)
        self.match = named(ChoiceEdit(), "field.match", tr("Applies to"))
        self.match.set_choices(matches())
        self.pattern = named(QLineEdit(), "field.pattern", tr("Prefix or name"))
        self.action = named(ChoiceEdit(), "field.action", tr("What it does"))
        self.action.set_choices(actions())
        self.markup = named(PriceEdit(), "field.markup", tr("Markup %"))
        self.amount = named(PriceEdit(), "field.amount", tr("Plus a minute"))
        self.fixed = named(PriceEdit(), "field.fixed_price", tr("Price a minute"))
        self.fee = named(PriceEdit(), "field.connect_fee", tr("Connect fee"))
        self.interval = named(QLineEdit(), "field.interval", tr("Interval"))
        self.fee.setPlaceholderText(tr("as the buy side"))
        self.interval.setPlaceholderText(tr("as the buy side; else 60/1"))
        self.starts, self.since = _day_field("starts", "since", tr("Begins on a day"), today)
        self.ends, self.until = _day_field("ends", "until", tr("Ends before a day"), today)
        self._fill(rule or PlanRule())
        fields: list[tuple[str, QWidget]] = [
            (tr("Applies to"), self.match), (tr("Prefix or name"), self.pattern), (tr("What it does"), self.action),
            (tr("Markup %"), self.markup), (tr("Plus a minute"), self.amount), (tr("Price a minute"), self.fixed),
            (tr("Connect fee"), self.fee), (tr("Interval"), self.interval),
            ("", self.starts), (tr("From"), self.since), ("", self.ends), (tr("Until"), self.until),
        ]  # fmt: skip
        title = tr("New rule") if rule is None else tr("Change rule")
        verb = tr("Add rule") if rule is None else tr("Save changes")
        about = tr("The most specific rule speaks: exact prefix, longest prefix, destination, everything.")
        super().__init__(parent, title, fields=fields, verb=verb, about=about, problem=self._wrong)
        self.match.value_changed.connect(lambda _: self._enable())
        self.action.value_changed.connect(lambda _: self._enable())
        self._enable()

    def fields(self) -> dict[str, Any]:
        """The rule as the command takes it."""
        action, match = self._choices()
        found = _INTERVAL.fullmatch(self.interval.text())
        return {
            "match": str(match),
            "pattern": "" if match is Match.ALL else self.pattern.text().strip(),
            "action": str(action),
            "markup": (self.markup.value() or Decimal(0)) / 100 if action is Action.MARKUP else Decimal(0),
            "amount": (self.amount.value() or Decimal(0)) if action is Action.MARKUP else Decimal(0),
            "fixed_price": self.fixed.value() if action is Action.FIXED else None,
            "connect_fee": self.fee.value(),
            "initial_interval": int(found[1]) if found else None,
            "next_interval": int(found[2]) if found else None,
            "since": self._instant(self.starts, self.since, self._before[0]),
            "until": self._instant(self.ends, self.until, self._before[1]),
        }

    def _instant(self, wanted: QCheckBox, day: DateEdit, before: datetime | None) -> datetime | None:
        """The beginning of the chosen day; the instant before where its day was not changed."""
        if not wanted.isChecked():
            return None
        if before is not None and before.astimezone(self._zone).date() == day.value():
            return before
        return day_start(day.value(), self._zone)

    def _fill(self, rule: PlanRule) -> None:
        self.match.set_value(rule.match)
        self.pattern.setText(rule.pattern)
        self.action.set_value(rule.action)
        self.markup.set_value(plain(rule.markup * 100))
        self.amount.set_value(rule.amount)
        self.fixed.set_value(rule.fixed_price)
        self.fee.set_value(rule.connect_fee)
        self.interval.setText(interval_text(rule))
        held = zip((self.starts, self.ends), (self.since, self.until), self._before, strict=True)
        for wanted, day, at in held:
            if at is not None:
                wanted.setChecked(True)
                day.set_value(at.astimezone(self._zone).date())

    def _choices(self) -> tuple[Action, Match]:
        """The choices; Qt gives an enumeration of texts back as plain text."""
        return Action(self.action.value()), Match(self.match.value())

    def _enable(self) -> None:
        action, match = self._choices()
        self.pattern.setEnabled(match is not Match.ALL)
        hints = {Match.DESTINATION: tr("Egypt* or *Mobile*"), Match.ALL: ""}
        self.pattern.setPlaceholderText(hints.get(match, tr("4915")))
        self.markup.setEnabled(action is Action.MARKUP)
        self.amount.setEnabled(action is Action.MARKUP)
        self.fixed.setEnabled(action is Action.FIXED)
        has_terms = action not in (Action.BLOCK, Action.OMIT)
        self.fee.setEnabled(has_terms)
        self.interval.setEnabled(has_terms)

    def _wrong(self) -> str:
        action, match = self._choices()
        if match is not Match.ALL and not self.pattern.text().strip():
            return tr("Say which prefix or destination the rule is for.")
        if action is Action.FIXED and self.fixed.value() is None:
            return self.fixed.problem() or tr("A fixed price needs a price.")
        if self.interval.text().strip() and not _INTERVAL.fullmatch(self.interval.text()):
            return tr("Write the interval like 60/1: first the least seconds, then the step.")
        if self.ends.isChecked() and not self.starts.isChecked():
            return tr("A rule that ends needs the day it begins.")
        if self.ends.isChecked() and self.until.value() <= self.since.value():
            return tr("The end must come after the start.")
        edits = (self.markup, self.amount, self.fixed, self.fee)
        return next((edit.problem() for edit in edits if edit.isEnabled() and edit.problem()), "")


def _day_field(check: str, field: str, text: str, today: date) -> tuple[QCheckBox, DateEdit]:
    """Whether there is such a day, and which one."""
    wanted, day = (
        named(QCheckBox(text), f"field.{check}", text),
        named(DateEdit(day=today), f"field.{field}", text),
    )
    day.setEnabled(False)
    wanted.toggled.connect(day.setEnabled)
    return wanted, day


def _edges(rule: PlanRule | None) -> tuple[datetime | None, datetime | None]:
    """When a rule begins and ends."""
    span = rule.effective if rule is not None else None
    return (None, None) if span is None else (span.start, span.end)
