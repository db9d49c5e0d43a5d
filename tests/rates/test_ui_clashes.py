"""A draft that others published under meanwhile: laid over their rates, and whose value counts is decided cell by cell."""

from decimal import Decimal

from PySide6.QtWidgets import QDialog, QWidget

from tests.published import publish_rates
from tests.rates.screen import Seen
from tests.rates.test_ui_draft import action, banner, prices, trigger, type_into
from voipdesk.kit.grid import Grid
from voipdesk.kit.grid.view import GridView
from voipdesk.rates.queries import drafts
from voipdesk.rates.rules import NewRate
from voipdesk.rating.rules import Terms


def test_a_draft_is_laid_over_what_others_publish(seen: Seen) -> None:
    type_into(seen, "44", "price", "0.0095")
    type_into(seen, "49", "price", "0.0120")
    rows = [NewRate("44", Terms(Decimal("0.0085")), "UK Fixed")]
    publish_rates(seen.world.db, seen.world.sara, table="Aurora A-Z", rows=rows)
    seen.wait()
    assert prices(seen, "44", "49") == ["0.0095", "0.0120"]
    assert "Other rates were published" in banner(seen)
    seen.press("clashes")
    dialog = seen.dialog()
    grid = seen.child(GridView, "table.clashes", dialog).parentWidget()
    assert isinstance(grid, Grid)
    assert [seen.column(one, grid) for one in ("prefix", "before", "there", "here")] == [
        ["44"], ["0.0080"], ["0.0085"], ["0.0095"],
    ]  # fmt: skip
    seen.press("close", dialog)
    trigger(seen, "undo")
    assert prices(seen, "44", "49") == ["0.0085", "0.0110"]


def clashing(seen: Seen) -> tuple[QDialog, Grid]:
    """Three edits, two of them published otherwise meanwhile; the dialog that tells them."""
    for prefix, price in (("44", "0.0095"), ("49", "0.0120"), ("53", "0.7000")):
        type_into(seen, prefix, "price", price)
    type_into(seen, "44", "interval", "60/60")
    rows = [NewRate("44", Terms(Decimal("0.0085")), "UK Fixed"), NewRate("49", Terms(Decimal("0.0130")), "X")]
    publish_rates(seen.world.db, seen.world.sara, table="Aurora A-Z", rows=rows)
    seen.wait()
    seen.press("clashes")
    dialog = seen.dialog()
    grid = seen.child(GridView, "table.clashes", dialog).parentWidget()
    assert isinstance(grid, Grid)
    return dialog, grid


def test_theirs_is_taken_row_by_row_and_can_be_undone(seen: Seen) -> None:
    dialog, grid = clashing(seen)
    told = [seen.column(one, grid) for one in ("prefix", "what", "before", "there", "here")]
    assert told == [
        ["44", "49"], ["Rate", "Rate"], ["0.0080", "0.0110"], ["0.0085", "0.0130"], ["0.0095", "0.0120"],
    ]  # fmt: skip
    grid.go_to(("44", "price"))
    seen.press("theirs", dialog)
    assert seen.column("prefix", grid) == ["49"]
    assert prices(seen, "44", "49", "53") == ["0.0085", "0.0120", "0.7000"]
    assert seen.cell("44", "interval") == "60/60", "only the cell that clashed is given up"
    assert action(seen, "undo").text() == "Undo: Take 1 published value"
    seen.press("mine", dialog)
    assert seen.column("prefix", grid) == []
    assert not seen.child(QWidget, "btn.all_theirs", dialog).isEnabled()
    seen.press("close", dialog)
    assert "Other rates were published" not in banner(seen)
    trigger(seen, "undo")
    assert seen.cell("44", "price") == "0.0095"
    assert "Other rates were published" in banner(seen), "what was undone is to be decided again"


def test_theirs_is_taken_for_all_and_a_look_at_another_table_forgets_nothing(seen: Seen) -> None:
    dialog, _ = clashing(seen)
    seen.press("close", dialog)
    tables = seen.page.list
    tables.setCurrentRow(1)
    seen.wait()
    tables.setCurrentRow(0)
    seen.wait()
    seen.press("clashes")
    dialog = seen.dialog()
    seen.press("all_theirs", dialog)
    seen.press("close", dialog)
    assert prices(seen, "44", "49", "53") == ["0.0085", "0.0130", "0.7000"]
    assert "Other rates were published" not in banner(seen)
    draft = drafts.draft(seen.world.db, seen.world.sara, "Aurora A-Z")
    assert draft is not None
    assert draft.steps[-1].name == "Take 2 published values"


def test_names_clash_as_well_as_prices(seen: Seen) -> None:
    """The texts of a draft and those of the rates it was laid over are counted apart."""
    type_into(seen, "53", "destination", "Cuba Island")
    type_into(seen, "44", "destination", "Great Britain")
    rows = [NewRate("44", Terms(Decimal("0.0080")), "United Kingdom")]
    publish_rates(seen.world.db, seen.world.sara, table="Aurora A-Z", rows=rows)
    seen.wait()
    seen.press("clashes")
    dialog = seen.dialog()
    grid = seen.child(GridView, "table.clashes", dialog).parentWidget()
    assert isinstance(grid, Grid)
    told = [seen.column(one, grid) for one in ("prefix", "what", "before", "there", "here")]
    assert told == [["44"], ["Destination"], ["UK Fixed"], ["United Kingdom"], ["Great Britain"]]
    seen.press("all_theirs", dialog)
    seen.press("close", dialog)
    assert [seen.cell(one, "destination") for one in ("44", "53")] == ["United Kingdom", "Cuba Island"]
