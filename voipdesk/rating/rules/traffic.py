"""Quality of traffic from talk times: attempts, answered, ASR and ACD."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counts of a set of calls; a negative talk time is a fault of the data and is not counted."""

    attempts: int
    answered: int
    seconds: int

    @property
    def failed(self) -> int:
        """Attempts nobody answered."""
        return self.attempts - self.answered

    @property
    def answer_ratio(self) -> Fraction | None:
        """ASR: answered over attempts, 0 to 1; None without attempts."""
        return Fraction(self.answered, self.attempts) if self.attempts else None

    @property
    def average_duration(self) -> Fraction | None:
        """ACD in seconds: talk time over answered calls; None when none was answered."""
        return Fraction(self.seconds, self.answered) if self.answered else None


def traffic(talk_seconds: Iterable[int]) -> Traffic:
    """The traffic of calls with these talk times in seconds."""
    counted = [seconds for seconds in talk_seconds if seconds >= 0]
    return Traffic(len(counted), sum(seconds > 0 for seconds in counted), sum(counted))
