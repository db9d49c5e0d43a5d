"""What became of the rows of a file: every one is accounted for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from voipdesk.kernel.text import tr

PARTS = ("skipped", "blank", "accepted", "duplicates", "quarantined")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The law of rows: `rows` = skipped (title, header, comment, footer) + blank + accepted + duplicates + quarantined."""

    rows: int = 0
    skipped: int = 0
    blank: int = 0
    accepted: int = 0
    """Rows of which at least something is taken."""
    duplicates: int = 0
    """Rows that only say again what earlier ones said."""
    quarantined: int = 0

    @property
    def data_rows(self) -> int:
        """Rows that ought to be rates or calls: a longer title does not make a longer file."""
        return self.accepted + self.duplicates + self.quarantined

    @property
    def fault(self) -> str:
        """Why the law does not hold, as a sentence; empty where it does."""
        parts = [getattr(self, part) for part in PARTS]
        if sum(parts) == self.rows and min(parts) >= 0:
            return ""
        return tr("The file has {rows} rows, its ledger accounts for {total}.").format(
            rows=self.rows, total=" + ".join(map(str, parts))
        )

    def as_dict(self) -> dict[str, int]:
        """For storing with the import."""
        return asdict(self)


def ledger_of(kept: Mapping[str, int] | None) -> Ledger:
    """The ledger that an import keeps; of none an empty one."""
    return Ledger(**{name: (kept or {}).get(name, 0) for name in ("rows", *PARTS)})
