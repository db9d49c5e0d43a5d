"""Reads of the rate tables: lists, decks for rating, windows for the grid, history."""

from voipdesk.rates.queries.decks import (
    bands,
    columns,
    deck,
    published,
    rate_for,
    rate_for_on,
    rates_in_force,
)
from voipdesk.rates.queries.tables import (
    RateTable,
    Version,
    default_table,
    table,
    table_on,
    tables,
    tables_on,
    versions,
    zone_of,
)

__all__ = [
    "RateTable",
    "Version",
    "bands",
    "columns",
    "deck",
    "default_table",
    "published",
    "rate_for",
    "rate_for_on",
    "rates_in_force",
    "table",
    "table_on",
    "tables",
    "tables_on",
    "versions",
    "zone_of",
]
