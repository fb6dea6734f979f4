"""When to stop: an instant of the machine's monotonic clock, shared by processes."""

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """``end_s`` is a reading of the monotonic clock; infinite for no deadline."""

    end_s: float = math.inf

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The deadline ``seconds`` from now."""
        return cls(time.monotonic() + seconds)

    def left_s(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.end_s - time.monotonic())

    def sooner(self, seconds: float) -> "Deadline":
        """Return this deadline or ``seconds`` from now, whichever comes first."""
        return Deadline(min(self.end_s, time.monotonic() + seconds))
