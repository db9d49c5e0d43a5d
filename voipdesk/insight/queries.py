"""The home page: what needs somebody, and how business is; from the rooms below, as the actor may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from voipdesk.accounts.queries import tree, workspace
from voipdesk.accounts.rules import Right, may
from voipdesk.calls.queries import ProblemGroup, Total, has_calls, problems, totals_by
from voipdesk.calls.queries.figures import together
from voipdesk.insight.rules import Figure, acd_tone, asr_tone, duration, margin_tone, percent
from voipdesk.kernel.changes import Actor
from voipdesk.kernel.money import currency_decimals, rounded
from voipdesk.kernel.text import tr, trn
from voipdesk.rates.queries import tables, versions
from voipdesk.rates.rules.surroundings import BelowCost
from voipdesk.store.database import Database
from voipdesk.tariffs.queries import plans

TOP = 8


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that waits: how grave, a sentence, what its button says, and the page behind it."""

    tone: str
    text: str
    verb: str
    page: str
    count: int
    losses: tuple[BelowCost, ...] = ()
    """What a plan sells below cost: the rows behind it are these."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps, and whether it is done."""

    title: str
    page: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Home:
    """All of the home page. Tables list loss-making destinations first; `days` are in order."""

    attention: tuple[Attention, ...]
    figures: tuple[Figure, ...]
    days: tuple[Total, ...]
    destinations: tuple[Total, ...]
    customers: tuple[Total, ...]
    steps: tuple[Step, ...]
    has_calls: bool
    """Ever, not only in the period."""


def home(db: Database, actor: Actor, since: datetime, until: datetime) -> Home:
    """The home page of a period `[since, until)`."""
    groups = totals_by(db, actor, since, until, ["day", "destination", "customer"])
    days, destinations = groups["day"], groups["destination"]
    waiting = problems(db, actor) if may(actor, Right.SEE_CALLS) else []
    whole = together(days)
    with db.read() as conn:
        ever = whole.attempts > 0 or has_calls(conn, actor)
    unrated = whole.unrated if may(actor, Right.RATE_CALLS) else 0
    return Home(
        attention=tuple(_attention(waiting, destinations, unrated)),
        figures=tuple(figures(db, actor, whole)),
        days=tuple(days),
        destinations=tuple(losses_first(destinations)[:TOP]),
        customers=tuple(groups["customer"][:TOP]),
        steps=tuple(_steps(db, actor, has_calls=ever)),
        has_calls=ever,
    )


def figures(db: Database, actor: Actor, whole: Total) -> list[Figure]:
    """The strip of figures; cost and margin only for those who may see them."""
    places = currency_decimals(workspace(db).currency)
    asr = percent(whole.answered, whole.attempts)
    acd = whole.talk_seconds // whole.answered if whole.answered else None
    found = [Figure("revenue", tr("Revenue"), _money(whole.revenue, places), whole.revenue)]
    if whole.cost is not None:
        found.append(Figure("cost", tr("Cost"), _money(whole.cost, places), whole.cost))
    if whole.margin is not None and may(actor, Right.SEE_MARGINS):
        share = percent(whole.margin, whole.revenue)
        tone = margin_tone(whole.margin, share)
        meaning = tr("Revenue less cost, over calls whose price and cost are both known")
        found.append(
            Figure("margin", tr("Margin"), _money(whole.margin, places), whole.margin, tone, meaning)
        )
        text = "" if share is None else f"{share} %"
        found.append(Figure("margin_share", tr("Margin %"), text, share, tone, tr("Margin over revenue")))
    minutes = whole.talk_seconds // 60
    found += [
        Figure("minutes", tr("Minutes"), f"{minutes:,}", minutes, "", tr("Talk time, not billed time")),
        Figure(
            "calls", tr("Answered"), f"{whole.answered:,}", whole.answered, "", tr("Calls with talk time")
        ),
        Figure(
            "asr",
            tr("ASR"),
            "" if asr is None else f"{asr} %",
            asr,
            asr_tone(asr),
            tr("Answered over attempts"),
        ),
        Figure(
            "acd",
            tr("ACD"),
            "" if acd is None else duration(acd),
            acd,
            acd_tone(acd),
            tr("Talk time over answered calls"),
        ),
    ]
    return found


def losses_first(groups: Sequence[Total]) -> list[Total]:
    """Groups that lose money come first, the greatest loss leading; the others keep their order."""
    losing = [one for one in groups if one.margin is not None and one.margin < 0]
    others = [one for one in groups if one not in losing and one.label]
    return sorted(losing, key=lambda one: one.margin or Decimal(0)) + others


def _attention(
    waiting: Sequence[ProblemGroup], destinations: Sequence[Total], unrated: int
) -> list[Attention]:
    """The gravest first: losses, then calls that cannot be billed, and those of the period nobody has rated."""
    found = []
    losing = [one for one in destinations if one.margin is not None and one.margin < 0]
    if losing:
        text = trn(
            "{count} destination sells below cost", "{count} destinations sell below cost", len(losing)
        )
        names = ", ".join(one.label for one in losing[:3])
        found.append(Attention("danger", f"{text}: {names}", tr("Show"), "calls", len(losing)))
    for group in waiting:
        text = trn("{count} call", "{count} calls", group.count)
        label = f" ({group.label})" if group.label else ""
        found.append(
            Attention("warning", f"{text}: {group.title}{label}", tr("Fix"), "problems", group.count)
        )
    if unrated > 0:
        text = trn("{count} call is not rated yet", "{count} calls are not rated yet", unrated)
        found.append(Attention("warning", text, tr("Show"), "calls", unrated))
    return found


def _steps(db: Database, actor: Actor, *, has_calls: bool) -> list[Step]:
    """What a new workspace does first; ticks itself."""
    if actor.level != "admin":
        return []
    published = (version for table in tables(db, actor) for version in versions(db, actor, table.id))
    has_rates = any(version.state == "published" for version in published)
    return [
        Step(tr("Import a supplier's rate sheet"), "rates", has_rates),
        Step(tr("Make a tariff plan"), "plans", bool(plans(db, actor))),
        Step(tr("Add a customer"), "accounts", len(tree(db, actor)) > 1),
        Step(tr("Import calls"), "calls", has_calls),
    ]


def _money(value: Decimal, places: int) -> str:
    return f"{rounded(value, places):,}"
