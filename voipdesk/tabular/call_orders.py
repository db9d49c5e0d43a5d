"""The orders of columns in call files without a header that stand in every second telephone system."""

from collections.abc import Mapping

ORDERS: tuple[Mapping[str, int], ...] = (
    # Asterisk: file
    {
        "account": 0, "caller": 1, "called": 2, "start": 9, "answer": 10, "end": 11, "duration": 12, "billsec": 13,
        "disposition": 14, "unique_id": 16,
    },
    # Asterisk: custom file
    {
        "caller": 1, "called": 2, "start": 8, "answer": 9, "end": 10, "duration": 11, "billsec": 12, "disposition": 13,
        "account": 15, "unique_id": 16,
    },
    # Asterisk: database
    {
        "start": 0, "caller": 2, "called": 3, "duration": 9, "billsec": 10, "disposition": 11, "account": 13,
        "unique_id": 14,
    },
    # FreeSWITCH: template of its manual
    {
        "caller": 1, "called": 2, "start": 4, "answer": 5, "end": 6, "duration": 7, "billsec": 8, "disposition": 9,
        "unique_id": 10, "account": 12,
    },
)  # fmt: skip
"""What is dialled inside of a telephone system, and so stands among the called numbers, need not be a number."""
