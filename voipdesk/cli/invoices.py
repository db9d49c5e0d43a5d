"""Invoices from the command line, and the fees and taxes they are made by."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voipdesk.cli import options, said
from voipdesk.cli.context import Desk, command
from voipdesk.cli.main import voipdesk
from voipdesk.cli.options import Amount, FilePath
from voipdesk.kernel.money import currency_decimals, price_text
from voipdesk.kernel.problems import FileError
from voipdesk.kernel.text import tr, trn

if TYPE_CHECKING:
    from voipdesk.billing.commands import DraftReport
    from voipdesk.billing.queries import Invoice


@voipdesk.group()
def invoices() -> None:
    """Documents: draft a month, issue, list, print, void."""


@command(invoices)
@click.option("--period", metavar="YYYY-MM", required=True, callback=options.month)
@click.option("--account", "accounts", multiple=True, help="Only these customers; may be repeated.")
@click.option("--leave-out-unrated", is_flag=True, help="Unrated calls wait for a later run.")
def draft(desk: Desk, *, period: str, accounts: tuple[str, ...], leave_out_unrated: bool) -> None:
    """Draft a month's invoices, again as often as you like."""
    from voipdesk.billing.commands import draft_invoices

    with said.progress(quiet=desk.json) as report:
        made = draft_invoices(
            desk.db,
            desk.actor,
            period=period,
            accounts=accounts or None,
            leave_out_unrated=leave_out_unrated,
            progress=report,
        )
    row = {
        "period": made.period,
        "currency": made.currency,
        "total": made.total,
        "drafts": list(made.drafts),
        "left_out": list(made.left_out),
        "remarks": list(made.remarks),
    }
    said.object_or_text(row, _drafted(made), as_object=desk.json)


@command(invoices)
@click.option("--period", metavar="YYYY-MM", callback=options.month, help="All drafts of a month.")
@click.option("--id", "ids", multiple=True, help="This draft; may be repeated.")
def issue(desk: Desk, *, period: str | None, ids: tuple[str, ...]) -> None:
    """Issue drafts: numbers, frozen copies, PDFs; all of them or none."""
    from voipdesk.billing.commands import issue_invoices

    if period is None and not ids:
        raise click.UsageError("Say which drafts: --period YYYY-MM, or --id for each of them.")
    with said.progress(quiet=desk.json) as report:
        made = issue_invoices(desk.db, desk.actor, period=period, ids=ids or None, progress=report)
    row = {"count": len(made.documents), "total": made.total, "documents": list(made.documents)}
    told = [f"{one.number}  {one.customer}  {_money(one.total, one.currency)}" for one in made.documents]
    said.object_or_text(row, told or [tr("There is no draft to issue.")], as_object=desk.json)


@command(invoices, "list")
@click.option("--period", metavar="YYYY-MM", callback=options.month)
@click.option("--state", type=click.Choice(["draft", "issued", "void"]))
def list_invoices(desk: Desk, *, period: str | None, state: str | None) -> None:
    """Documents you may see, the newest period first."""
    from voipdesk.billing.queries import invoices as listed

    found = [
        {
            "number": one.number or None,
            "state": "overdue" if one.is_overdue else one.state,
            "customer": one.customer,
            "from": one.first_day,
            "to": one.last_day,
            "issued": one.issue_date,
            "due": one.due_date,
            "calls": one.calls,
            "net": one.net,
            "tax": one.tax,
            "total": one.total,
            "currency": one.currency,
            "id": one.id,
        }
        for one in listed(desk.db, desk.actor, period=period, state=state)
    ]
    shown = ("number", "state", "customer", "from", "to", "issued", "due", "calls", "net", "tax", "total")
    said.rows(found, (*shown, "currency"), as_lines=desk.json, empty=tr("No documents."))


@command(invoices)
@click.argument("number")
def show(desk: Desk, *, number: str) -> None:
    """A document with its lines; NUMBER is a number, or the id of a draft."""
    from voipdesk.billing.queries import invoice

    found = invoice(desk.db, desk.actor, number)
    row = {"document": found.row, "lines": list(found.document.lines), "pdf_sha256": found.pdf_sha256}
    said.object_or_text(row, _shown(found), as_object=desk.json)


@command(invoices)
@click.argument("number")
@click.argument("out", type=FilePath())
def pdf(desk: Desk, *, number: str, out: Path) -> None:
    """Write the PDF of a document."""
    from voipdesk.billing.queries import invoice_pdf

    content = invoice_pdf(desk.db, desk.actor, number)
    options.new_file(desk, out)
    try:
        out.write_bytes(content)
    except OSError as cause:
        raise FileError(
            "file_unwritable",
            tr("{file} cannot be written: {why}.").format(file=out, why=cause.strerror or cause),
            tr("Choose another name or folder."),
        ) from cause
    row = {"number": number, "file": str(out), "bytes": len(content)}
    said.object_or_text(
        row, [tr("{out}: {content:,} bytes.").format(out=out, content=len(content))], as_object=desk.json
    )


@command(invoices)
@click.argument("number")
@click.option("--reason", required=True)
def void(desk: Desk, *, number: str, reason: str) -> None:
    """Void an issued document: it keeps its number, its calls wait for a new one."""
    from voipdesk.billing.commands import void_invoice

    void_invoice(desk.db, desk.actor, invoice=number, reason=reason)
    said.object_or_text(
        {"number": number, "state": "void"},
        [tr("{number} is void.").format(number=number)],
        as_object=desk.json,
    )


@voipdesk.group()
def fees() -> None:
    """Monthly fees."""


@command(fees, "set")
@click.argument("account")
@click.argument("text")
@click.argument("amount", type=Amount())
@click.option("--from", "since", metavar="DATE", required=True, help="First day.")
@click.option("--until", metavar="DATE", help="Last day (default: for ever).")
def set_fee(desk: Desk, *, account: str, text: str, amount: Decimal, **given: Any) -> None:
    """Set a monthly fee of a customer; one of the same name is changed."""
    from voipdesk.billing.commands import set_fee as set_monthly

    days = (options.days(given["since"], "--from"), options.day(given["until"], "--until"))
    key = set_monthly(desk.db, desk.actor, account=account, text=text, amount=amount, days=days)
    row = {"id": key, "account": account, "text": text, "amount": amount}
    said.object_or_text(
        row,
        [tr("{account} pays {amount:f} a month: {text}.").format(account=account, amount=amount, text=text)],
        as_object=desk.json,
    )


@command(fees, "list")
@click.option("--account")
def list_fees(desk: Desk, *, account: str | None) -> None:
    """Fees of the accounts you sell to."""
    from voipdesk.accounts.queries import tree
    from voipdesk.billing.queries import fees as all_fees

    names = {one.id: one.name for one in tree(desk.db, desk.actor)}
    found = [
        {
            "account": names.get(one.account_id, ""),
            "fee": one.text,
            "amount": one.amount,
            "from": one.first_day,
            "until": one.last_day,
        }
        for one in all_fees(desk.db, desk.actor, account)
    ]
    said.rows(found, ("account", "fee", "amount", "from", "until"), as_lines=desk.json, empty=tr("No fees."))


@voipdesk.group()
def taxes() -> None:
    """Tax rules: by kind of line, status of the customer, and day."""


@command(taxes, "set")
@click.option("--rate", type=Amount(), required=True, help="Percent.")
@click.option("--category", type=click.Choice(["S", "Z", "E", "AE", "O", "G"]), default="S")
@click.option("--kind", type=click.Choice(["usage", "fee", "adjustment", "*"]), default="*")
@click.option("--status", type=click.Choice(["standard", "reverse_charge", "exempt"]), default="standard")
@click.option("--from", "since", metavar="DATE", required=True)
@click.option("--text", default="", help="What the law wants printed.")
def set_tax(desk: Desk, *, rate: Decimal, since: str, **given: Any) -> None:
    """Set a tax from a day on; issued documents keep theirs."""
    from voipdesk.billing.commands import set_tax_rule
    from voipdesk.billing.rules.taxes import TaxRule

    rule = TaxRule(
        given["kind"], given["status"], options.days(since, "--from"), given["category"], rate, given["text"]
    )
    set_tax_rule(desk.db, desk.actor, rule)
    said.object_or_text(
        said.plain(rule),
        [
            tr("{category} {rate:f} % from {first_day} on.").format(
                category=rule.category, rate=rate, first_day=rule.first_day
            )
        ],
        as_object=desk.json,
    )


@command(taxes, "list")
def list_taxes(desk: Desk) -> None:
    """All tax rules, the oldest first."""
    from voipdesk.billing.queries import tax_rules

    found = [said.plain(one) for one in tax_rules(desk.db, desk.actor)]
    shown = ("line_kind", "customer_status", "first_day", "category", "rate", "text")
    said.rows(found, shown, as_lines=desk.json, empty=tr("No taxes yet: invoices need at least one rule."))


def _drafted(made: "DraftReport") -> Iterator[str]:
    told = trn("{count} draft", "{count} drafts", len(made.drafts))
    yield tr("{told} of {period}, together {total}").format(
        told=told, period=made.period, total=_money(made.total, made.currency)
    )
    for one in made.drafts:
        late = tr(", {late_calls:,} of them late").format(late_calls=one.late_calls) if one.late_calls else ""
        yield (
            tr("  {customer}: {calls}{late}, usage {usage}, fees {fees}, tax {tax}, total {total}").format(
                customer=one.customer,
                calls=_calls(one.calls),
                late=late,
                usage=_money(one.usage, one.currency),
                fees=_money(one.fees, one.currency),
                tax=_money(one.tax, one.currency),
                total=_money(one.total, one.currency),
            )
        )
    for left in made.left_out:
        yield tr("  left out, {reason}: {customer}, {calls}").format(
            reason=left.reason, customer=left.customer or "–", calls=_calls(left.calls)
        )
    yield from (f"  {remark}" for remark in made.remarks)


def _shown(found: "Invoice") -> Iterator[str]:
    row = found.row
    yield tr("{number} ({state}) for {customer}, {first_day} to {last_day}").format(
        number=row.number or tr("Draft"),
        state=row.state,
        customer=row.customer,
        first_day=row.first_day,
        last_day=row.last_day,
    )
    if row.issue_date:
        yield tr("  issued {issue_date}, due {due_date}").format(
            issue_date=row.issue_date, due_date=row.due_date
        )
    for line in found.document.lines:
        calls = "" if line.calls is None else _calls(line.calls)
        net = _money(line.net, row.currency).rjust(16)
        yield f"  {line.text.ljust(40)} {calls.rjust(14)} {net}  {line.tax_category} {line.tax_rate:f} %"
    sums = (("net", row.net), ("tax", row.tax), ("total", row.total))
    yield "  " + ", ".join(f"{name} {_money(amount, row.currency)}" for name, amount in sums)


def _calls(count: int) -> str:
    return trn("{count} call", "{count} calls", count)


def _money(amount: Decimal, currency: str) -> str:
    return f"{price_text(amount, currency_decimals(currency))} {currency}"
