"""The card of a plan: its name and how it makes prices."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QLineEdit, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit.editors import ChoiceEdit, CountEdit, PriceEdit
from voipdesk.kit.form import FormDialog
from voipdesk.kit.names import named
from voipdesk.tariffs.queries import Plan
from voipdesk.tariffs.rules import PlanRule


class PlanDialog(FormDialog):
    """A new plan begins with one markup on everything; a plan that is there keeps its rules.

    `sellers`: whose a new plan may be, as (id, name, level), the actor first.
    """

    def __init__(
        self, parent: QWidget, plan: Plan | None = None, *, sellers: Sequence[tuple[UUID, str, str]] = ()
    ) -> None:
        self._plan = plan
        self._levels = {key: level for key, _, level in sellers}
        self.owner = named(ChoiceEdit(), "field.owner", tr("Sold by"))
        self.owner.set_choices([(key, name) for key, name, _ in sellers])
        self.name = named(QLineEdit(), "field.name", tr("Name"))
        self.markup = named(PriceEdit(), "field.markup", tr("Markup %"))
        self.decimals = named(CountEdit(most=8), "field.decimals", tr("Decimals of prices"))
        self.rounding = named(ChoiceEdit(), "field.rounding", tr("Rounded"))
        self.rounding.set_choices([("half_up", tr("half up")), ("up", tr("up")), ("down", tr("down"))])
        self.margin = named(PriceEdit(), "field.minimum_margin", tr("Least margin a minute"))
        self.margin.setPlaceholderText(tr("none"))
        self.below = named(ChoiceEdit(), "field.below_base", tr("Below cost"))
        self.below.set_choices([("allow", tr("sell, and mark it")), ("refuse", tr("do not sell"))])
        self._fill(plan)
        self.owner.currentIndexChanged.connect(self._suit_owner)
        self._suit_owner()
        fields: list[tuple[str, QWidget]] = [(tr("Name"), self.name)]
        if plan is None:
            fields += [(tr("Sold by"), self.owner)] if len(sellers) > 1 else []
            fields.append((tr("Markup %"), self.markup))
        fields += [
            (tr("Decimals of prices"), self.decimals), (tr("Rounded"), self.rounding),
            (tr("Least margin a minute"), self.margin), (tr("Below cost"), self.below),
        ]  # fmt: skip
        title = tr("New plan") if plan is None else tr("Change {plan}").format(plan=plan.name)
        verb = tr("Add plan") if plan is None else tr("Save changes")
        super().__init__(parent, title, fields=fields, verb=verb, problem=self._wrong)

    def fields(self) -> dict[str, Any]:
        """The plan as the command takes it."""
        found: dict[str, Any] = {
            "name": self.name.text().strip(),
            "decimals": self.decimals.value(),
            "rounding": self.rounding.value(),
            "minimum_margin": self.margin.value(),
            "below_base": self.below.value(),
        }
        if self._plan is None:
            markup = self.markup.value()
            found["rules"] = [PlanRule() if markup is None else PlanRule(markup=markup / 100)]
            found["owner"] = self.owner.value()
        return found

    def _fill(self, plan: Plan | None) -> None:
        self.markup.set_value(15)
        self.decimals.setValue(4)
        if plan is not None:
            self.name.setText(plan.name)
            self.decimals.setValue(plan.terms.decimals)
            self.rounding.set_value(str(plan.terms.rounding))
            self.margin.set_value(plan.terms.minimum_margin)
            self.below.set_value("allow" if plan.terms.is_below_base_allowed else "refuse")

    def _suit_owner(self) -> None:
        """A reseller usually does not sell below what he pays."""
        if self._plan is None and self._levels:
            level = self._levels.get(self.owner.value(), "")
            self.below.set_value("allow" if level == "admin" else "refuse")

    def _wrong(self) -> str:
        if not self.name.text().strip():
            return tr("Give the plan a name.")
        return self.markup.problem() or self.margin.problem()
