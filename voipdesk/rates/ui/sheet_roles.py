"""The sheets of a workbook and what each is read for: rates, dial codes, or nothing."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.editors import ChoiceEdit
from voipdesk.kit.names import named
from voipdesk.kit.page import button, label
from voipdesk.tabular.layout import Layout
from voipdesk.tabular.sheet_roles import NONE, names_said, names_told

ACROSS = 3
_WIDE = 11


class SheetRoles(QWidget):
    """`field.sheet.N` for each sheet; `told(answers)` when a person gives a sheet another role."""

    told = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._sheets: tuple[str, ...] = ()
        self._fields: dict[str, ChoiceEdit] = {}
        self._alike: tuple[str, ...] = ()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.S)
        self._grid.setVerticalSpacing(theme.XS)
        self._grid.setColumnStretch(2 * ACROSS, 1)
        self.said = label(tone="muted", wrap=True)
        self.said.setObjectName("sheets.said")
        self.take_all = button(tr("Take them all"), "take_all", look="link", act=self._take_all)
        self.take_all.setAutoDefault(False)
        lower = QHBoxLayout()
        lower.setSpacing(theme.S)
        lower.addWidget(self.said, 1)
        lower.addWidget(self.take_all)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.XS)
        box.addLayout(self._grid)
        box.addLayout(lower)

    def show_told(self, told: Mapping[str, str]) -> None:
        """Show what a person has told, also where the file cannot be read so."""
        if "sheet" in told:
            rates, codes = (names_said(told.get(name), self._sheets) for name in ("sheet", "codes"))
            read = dict.fromkeys(codes, "codes") | dict.fromkeys(rates, "rates")
            self._show_roles({name: read.get(name, "skip") for name in self._sheets})

    def _show_roles(self, roles: Mapping[str, str]) -> None:
        for name, role in roles.items():
            field = self._fields[name]
            field.blockSignals(True)
            field.set_value(role)
            field.blockSignals(False)

    def show_layout(self, layout: Layout) -> None:
        """Show what each sheet is read for; hidden where there is only one."""
        self.setVisible(len(layout.sheets) > 1)
        if layout.sheets != self._sheets:
            self._build(layout.sheets)
        self._show_roles(layout.roles)
        self._alike = layout.alike
        texts = [layout.evidence.get("sheet", ""), *layout.notes]
        self.said.setText("\n".join(text[:1].upper() + text[1:] for text in texts if text))
        self.said.setVisible(bool(self.said.text()))
        theme.set_tone(self.said, "warning" if layout.notes else "muted")
        self.take_all.setVisible(bool(layout.alike))

    def problem(self) -> str:
        """What is missing, in a sentence."""
        has_rates = not self._fields or "rates" in self._roles().values()
        return "" if has_rates else tr("Say which sheet has the rates.")

    def _roles(self) -> dict[str, str]:
        return {name: str(field.value()) for name, field in self._fields.items()}

    def _build(self, sheets: tuple[str, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._sheets, self._fields = sheets, {}
        roles = [("rates", tr("Rates")), ("codes", tr("Dial codes")), ("skip", tr("Skip"))]
        for at, name in enumerate(sheets):
            field = named(
                ChoiceEdit(), f"field.sheet.{at + 1}", tr("What sheet {name} is read for").format(name=name)
            )
            field.set_choices(roles)
            field.setMinimumWidth(theme.ems(7))
            field.value_changed.connect(lambda _: self._tell())
            title = label()
            metrics = title.fontMetrics()
            title.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, theme.ems(_WIDE)))
            title.setToolTip(name)
            row, column = divmod(at, ACROSS)
            title.setContentsMargins(theme.M if column else 0, 0, 0, 0)
            self._grid.addWidget(title, row, 2 * column)
            self._grid.addWidget(field, row, 2 * column + 1)
            self._fields[name] = field

    def _tell(self) -> None:
        self.told.emit(self._answers(self._roles()))

    def _take_all(self) -> None:
        taken = {name for name, role in self._roles().items() if role == "rates"} | set(self._alike)
        self.told.emit(self._answers({name: "rates" for name in self._sheets if name in taken}))

    def _answers(self, roles: Mapping[str, str]) -> dict[str, str | None]:
        """The same as answers to the file; none while no sheet has the rates."""
        rates = [name for name, role in roles.items() if role == "rates"]
        codes = [name for name, role in roles.items() if role == "codes"]
        return {"sheet": names_told(rates), "codes": names_told(codes) or NONE} if rates else {}
