"""A page whose heart is a list with a filter row."""

from voipdesk.kit.grid import Grid
from voipdesk.kit.page import Page


class ListPage(Page):
    """What the menus Find and Filter row do on such a page; it sets `grid` and `sought`."""

    grid: Grid
    sought = ""
    """Id of the column that people look for something in."""

    @property
    def filtered(self) -> Grid:
        """The list that is filtered, where it is another one than the first."""
        return self.grid

    def find(self) -> None:  # type: ignore[override]  # Qt's own find is a static look-up by window id.
        """Put the cursor into the filter row."""
        self.filtered.set_filter_row()
        self.filtered.header.filters.fields[self.sought].setFocus()

    def toggle_filters(self) -> None:
        """Show or hide the filter row."""
        self.filtered.set_filter_row(self.filtered.header.filters.isHidden())
