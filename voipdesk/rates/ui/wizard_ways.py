"""What guards and problems lead to beyond their page: another reading, another table, decisions about rows that wait."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject

from voipdesk.kernel.text import tr
from voipdesk.kit.desk import Desk
from voipdesk.rates.queries import RateTable
from voipdesk.rates.rules.conversion import Conversion
from voipdesk.rates.ui.imports_actions import show_import
from voipdesk.store.database import Database

if TYPE_CHECKING:
    from voipdesk.rates.ui.wizard import RateWizard


class WizardWays(QObject):
    """Ties the steps Check and Review to the staged sheet of their wizard."""

    def __init__(self, wizard: "RateWizard", desk: Desk[Database], tables: Sequence[RateTable]) -> None:
        super().__init__(wizard)
        self._wizard, self._desk, self._tables = wizard, desk, tables
        acts, check, staging = wizard.review.acts, wizard.parts.check, wizard.staging
        acts.restage_wanted.connect(self._read_again)
        acts.convert_wanted.connect(self._convert)
        acts.target_wanted.connect(self._change_target)
        acts.mend_wanted.connect(check.fix_intervals)
        acts.import_wanted.connect(partial(show_import, wizard, desk))
        check.mended.connect(lambda _: staging.mended())
        check.decided.connect(self._decide)
        check.pick_wanted.connect(acts.pick)
        check.left.connect(wizard.go_on)
        staging.decided.connect(check.reload)
        staging.reviewed.connect(lambda made: check.show_ledger(made.ledger))

    def _read_again(self, answers: Mapping[str, str]) -> None:
        """With another answer to the file."""
        self._wizard.reading.tell_all(dict(answers))
        self._stage()

    def _convert(self, conversion: Conversion | None) -> None:
        """The sheet is in another currency: at a rate, or without one."""
        self._stage(convert=conversion)

    def _stage(self, **given: Any) -> None:
        wizard = self._wizard
        wizard.staging.stage(wizard.reading, wizard.file.table.value(), **given)

    def _change_target(self) -> None:
        """The sheet is in another currency: it goes into a table that has it."""
        layout = self._wizard.reading.layout
        currency = layout.currency if layout else ""
        fitting = [one for one in self._tables if one.currency == currency]
        if not fitting:
            text = tr("No table is in {currency}. Make one under Supplier tables, or convert the sheet.")
            self._desk.ask.tell(text.format(currency=currency))
            return
        text = tr("Which table does the sheet go into? It is in {currency}.").format(currency=currency)
        chosen = self._desk.ask.choose(text, [(str(one.id), one.name) for one in fitting])
        if chosen is not None:
            self._wizard.file.table.set_value(UUID(chosen))
            self._stage()
            self._wizard.name_target()

    def _decide(self, given: Mapping[str, Any]) -> None:
        """What is decided about rows that wait; a word to accept comes to those said already."""
        made, review = dict(given), self._wizard.review.review
        if "accept" in made:
            before = review.staged.decisions.accept if review else ()
            made["accept"] = [*before, made["accept"]]
        self._wizard.staging.decide(made, moves_rates=True)
