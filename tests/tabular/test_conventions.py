"""What is said of a whole sheet: its currency in a note above, intervals that a spreadsheet has made days of."""

from pathlib import Path

import pytest

from tests.tabular.test_sniff import found


@pytest.mark.parametrize(
    ("notes", "currency"),
    [
        (("All prices in EUR",), "EUR"),
        (("Acme;Rates","Currency:;EUR"), "EUR"),
        (("Preise in Euro pro Minute",), "EUR"),
        (("Rates are quoted in US cents per minute",), "USD"),
        (("Tarifs en €",), "EUR"),
        (("Bank account EUR: DE12 3456",), ""),
        (("All prices in USD", "Prices in EUR on demand"), ""),
        (("Price list valid from 30.11.2026",), ""),
    ],
)  # fmt: skip
def test_a_currency_that_only_a_note_above_names(
    notes: tuple[str, ...], currency: str, tmp_path: Path
) -> None:
    layout = found(tmp_path, *notes, "Code;Destination;Rate", "44;UK;0.5", "49;Germany;0.6")
    assert (layout.header_row, layout.currency) == (len(notes) + 1, currency)
    evidence = layout.evidence["currency"]
    assert evidence.startswith(f"row {len(notes)}: ") if currency else evidence == ""


@pytest.mark.parametrize(
    ("title", "cell", "is_interval"),
    [("Billing", "6-Jun", True), ("Billing", "06. Jun", True), ("Increment", "Jan-60", True), ("Billing", "15-Mar", False),
     ("Billing date", "6-Jun", False), ("Rounding", "Egypt", False)],
)  # fmt: skip
def test_intervals_that_are_all_days_are_a_column_of_intervals(
    title: str, cell: str, is_interval: bool, tmp_path: Path
) -> None:
    rows = [f"44{number:02},Zone {number},0.05,{cell}" for number in range(30)]
    layout = found(tmp_path, f"Code,Destination,Rate,{title}", *rows)
    assert (layout.columns.get("increment") == 3) is is_interval
