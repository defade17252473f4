"""A clock that runs in real time, can be moved, set and stopped."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _real() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Gives aware UTC datetimes; starts at `at`, or at the present, and runs with `ticking` (real time)."""

    def __init__(self, at: datetime | None = None, ticking: Callable[[], datetime] = _real) -> None:
        self._ticking = ticking
        self._ahead = timedelta() if at is None else at - ticking()
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        return self._frozen if self._frozen is not None else self._ticking() + self._ahead

    def move(self, by: timedelta) -> None:
        """Moves it, frozen or running, forwards or back."""
        if self._frozen is not None:
            self._frozen += by
        self._ahead += by

    def set(self, at: datetime) -> None:
        self.move(at - self.now())

    def freeze(self, at: datetime | None = None) -> None:
        self._frozen = at if at is not None else self.now()

    def run(self) -> None:
        """Runs on from where it stands."""
        if self._frozen is not None:
            self._ahead = self._frozen - self._ticking()
            self._frozen = None
