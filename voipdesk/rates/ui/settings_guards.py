"""Settings ▸ Guard rails: where the guards strike, with what is usual beside each, and what the other guards look for."""

from decimal import Decimal
from typing import Any

from voipdesk.kernel.money import from_scaled
from voipdesk.kernel.problems import VoipDeskError
from voipdesk.kernel.text import tr
from voipdesk.kit import theme
from voipdesk.kit.desk import Desk
from voipdesk.kit.editors import PriceEdit, ValueEdit, WholeEdit, read_number
from voipdesk.kit.page import label
from voipdesk.kit.settings import Setting, SettingsPart
from voipdesk.rates import commands, queries
from voipdesk.rates.rules.guards import MOST, USUAL, Limits
from voipdesk.store.database import Database

CEILING = "ceiling"


class CeilingEdit(PriceEdit):
    """A price per minute above zero."""

    def _problem(self) -> str:
        said = super()._problem()
        is_low = not said and read_number(self.text()) <= 0
        return tr("Use a price per minute above zero, like 10.00.") if is_low else said


class GuardsPart(SettingsPart):
    """One setting for each limit, in the order of the guards."""

    def __init__(self, desk: Desk[Database]) -> None:
        about = tr(
            "Before a sheet or an edit is published, fourteen guards look for what is usually a slip. "
            "These strike at a number of yours; every import keeps what they said and who let them pass."
        )
        super().__init__("guards", tr("Guard rails"), about)
        self._desk = desk
        currency = tr("per minute, in the currency of the table")
        for name, title, told, unit in (
            ("jump_percent", tr("G1 · Price moves"), tr("Asks where a rate moves up or down by more than this."), "%"),
            ("removed_percent", tr("G3 · Prefixes close"),
             tr("Stops where a full sheet would close more than this share of what is live."), "%"),
            ("rows_percent", tr("G4 · Length of the sheet"),
             tr("Asks where a sheet is longer or shorter than the last one of its profile by more than this."), "%"),
            (CEILING, tr("G5 · Highest price"), tr("A rate above it waits in quarantine, as one of zero does."), currency),
            ("past_days", tr("G6 · Dates in the past"),
             tr("Asks where a rate has begun more than so many days ago."), tr("days")),
            ("ahead_days", tr("G6 · Dates ahead"), tr("Asks where a rate begins in more than so many days."), tr("days")),
        ):  # fmt: skip
            self._add(name, title, told, unit)
        self._say_others()
        self.box.addStretch(1)
        desk.on_change(frozenset({"setting"}), self.reload)
        self.reload()

    def reload(self) -> None:
        """Read the limits again, beside the window."""
        desk = self._desk
        desk.jobs.read(
            tr("Read guard limits"),
            lambda _: queries.guard_limits(desk.db, desk.actor),
            done=self._show,
            refused=desk.ask.refuse,
            quiet=True,
        )

    def texts(self) -> tuple[str, ...]:
        """The guards without a number can be looked for too."""
        return tuple(f"{name} {text}" for name, text in others())

    def _add(self, name: str, title: str, about: str, unit: str) -> None:
        field: ValueEdit = WholeEdit(most=MOST[name]) if name in MOST else CeilingEdit()
        field.required = True
        field.setFixedWidth(theme.ems(7))
        setting = self.add(
            Setting(name, title, field, about=about, unit=unit), lambda value: self._keep(name, value)
        )
        usual = _value(USUAL, name)
        setting.show_default(usual, f"\u2066{usual:,}\u2069")

    def _say_others(self) -> None:
        self.box.addWidget(label(tr("The other guards have no number"), bold=True))
        lines = "\n".join(f"\u2068{name}\u2069 · {text}" for name, text in others())
        said = label(lines, tone="muted", wrap=True)
        said.setObjectName("guards.others")
        self.box.addWidget(said)

    def _show(self, limits: Limits) -> None:
        for one in self.settings:
            one.show_value(_value(limits, one.name))

    def _keep(self, name: str, value: Any) -> None:
        desk = self._desk
        setting = next(one for one in self.settings if one.name == name)

        def refused(error: VoipDeskError) -> None:
            setting.refuse(str(error))

        desk.jobs.write(
            tr("Change guard limits"),
            lambda _: commands.set_guard_limits(
                desk.db, desk.actor, **{name: value if name == CEILING else int(value)}
            ),
            done=lambda _: self.kept.emit(tr("{setting} was changed.").format(setting=setting.title), True),
            refused=refused,
        )


def _value(limits: Limits, name: str) -> Decimal:
    kept = getattr(limits, name)
    return from_scaled(kept) if name == CEILING else Decimal(kept)


def others() -> list[tuple[str, str]]:
    """The guards that cannot be set, and what each looks for."""
    return [
        ("G2", tr("Prices a hundred, sixty or a thousand times too high or too low: another unit. Stops.")),
        ("G7", tr("One prefix with two prices on one day. Waits in quarantine.")),
        ("G8", tr("Another currency than that of the table. Stops.")),
        ("G9", tr("A prefix that is none, or a range of more than 10,000 codes. Waits in quarantine.")),
        ("G10", tr("An interval of zero, or a date in its place. Waits in quarantine.")),
        ("G11", tr("A new longer prefix that would be sold below cost. Asks.")),
        ("G12", tr("A file that was imported before. Asks.")),
        (
            "G13",
            tr(
                "Notice shorter than agreed with the supplier; its days stand on the page of suppliers. Asks."
            ),
        ),
        ("G14", tr("Something that is sold and loses its last supplier. Asks.")),
    ]
