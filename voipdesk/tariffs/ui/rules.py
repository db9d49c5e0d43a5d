"""The rules of a plan: how they are listed, and the dialog for one of them."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from voipdesk.kernel.money import plain
from voipdesk.kernel.text import tr
from voipdesk.kit.editors import ChoiceEdit, PriceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.grid import Column, Kind
from voipdesk.kit.names import named
from voipdesk.tariffs.queries import KeptRule
from voipdesk.tariffs.rules import Action, Match, PlanRule, rule_text

_INTERVAL = re.compile(r"\s*(\d{1,4})\s*/\s*(\d{1,4})\s*")


def rule_columns() -> list[Column]:
    """What the list of rules shows."""
    return [
        Column("rule", tr("Rule"), width=36, stretch=True),
        Column("connect_fee", tr("Connect fee"), Kind.PRICE, width=11),
        Column("minimum_charge", tr("Least charge"), Kind.PRICE, width=11),
        Column("interval", tr("Interval"), width=9),
        Column("since", tr("From"), Kind.DATE, width=11),
        Column("until", tr("Until"), Kind.DATE, width=11),
    ]


def rule_row(kept: KeptRule) -> tuple[Any, ...]:
    """A rule as the list shows it."""
    rule, span = kept.rule, kept.rule.effective
    return (
        rule_text(rule),
        rule.connect_fee,
        rule.minimum_charge,
        interval_text(rule) or None,
        span.start if span else None,
        span.end if span else None,
    )


def short_text(rule: PlanRule) -> str:
    """A rule for a narrow column: what it speaks about and what it does."""
    where = {Match.ALL: tr("all"), Match.PREFIX: f"{rule.pattern}*"}.get(rule.match, rule.pattern)
    if rule.action is Action.FIXED:
        return f"{where} = {plain(rule.fixed_price or Decimal(0)):f}"
    return f"{where} {rule_text(rule).rpartition(': ')[2]}"


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

    def __init__(self, parent: QWidget, rule: PlanRule | None = None) -> None:
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
        self._fill(rule or PlanRule())
        fields: list[tuple[str, QWidget]] = [
            (tr("Applies to"), self.match), (tr("Prefix or name"), self.pattern), (tr("What it does"), self.action),
            (tr("Markup %"), self.markup), (tr("Plus a minute"), self.amount), (tr("Price a minute"), self.fixed),
            (tr("Connect fee"), self.fee), (tr("Interval"), self.interval),
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
        }

    def _fill(self, rule: PlanRule) -> None:
        self.match.set_value(rule.match)
        self.pattern.setText(rule.pattern)
        self.action.set_value(rule.action)
        self.markup.set_value(plain(rule.markup * 100))
        self.amount.set_value(rule.amount)
        self.fixed.set_value(rule.fixed_price)
        self.fee.set_value(rule.connect_fee)
        self.interval.setText(interval_text(rule))

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
        edits = (self.markup, self.amount, self.fixed, self.fee)
        return next((edit.problem() for edit in edits if edit.isEnabled() and edit.problem()), "")
