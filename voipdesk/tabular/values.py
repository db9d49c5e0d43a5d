"""What a value read from a cell is when it is no value: a fault with its reason and a hint, to be told per row."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be read: a stable code, a sentence, a next step."""

    code: str
    message: str
    hint: str = ""
