"""Why each failed attempt failed: its root error, read once, in the background, the newest first.

One that can't be read is left for later, and holds up none of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.api.client import Client
from bot.core.diagnosis import error_text
from bot.core.errors import ApiError, NotFound
from bot.core.fingerprint import fingerprint
from bot.core.model import Task
from bot.core.patience import Clock, Patience
from bot.mirror.duty import Duty
from bot.mirror.errors import read_root_tasks
from bot.mirror.leisure import Leisure
from bot.store.failures import Failure, Failures

AT_ONCE = 20
"""Attempts between two looks at which are the newest."""
EACH = 20.0
"""Seconds for one attempt's tasks."""
IN_A_ROW = 3
"""So many failures one after the other that may pass are the account's, not those attempts'; of refusals, as
many as are read at once."""
FIRST_WAIT = 60.0
LONGEST_WAIT = 3600.0
"""Seconds until one that could not be read is tried again: they double."""


@dataclass(slots=True)
class Diagnosis:
    """`clock` is monotonic, in seconds."""

    client: Client
    failures: Failures
    clock: Clock
    leisure: Leisure
    duty: Duty = field(default_factory=Duty)
    _later: dict[int, tuple[float, float]] = field(default_factory=dict)
    _away: bool = False

    async def run(self) -> None:
        """Read until none is left, where that is this process's duty. Raises ApiError where the account can't
        be read; the client has told what else can't."""
        while self.duty.ours() and (ids := await self._newest()):
            in_a_row = 0
            for attempt_id in ids:
                if not self.duty.ours():
                    return
                try:
                    found = await self._read(attempt_id)
                except ApiError as error:
                    self._put_off(attempt_id)
                    in_a_row += 1
                    if in_a_row == (IN_A_ROW if error.passing else AT_ONCE):
                        self._away = True
                        raise
                else:
                    in_a_row = 0
                    self._back(attempt_id)
                    await self.failures.put(found)

    def _back(self, attempt_id: int) -> None:
        """One could be read: after an account was away, none has to wait for that any more."""
        if self._away:
            self._later.clear()
        self._away = False
        self._later.pop(attempt_id, None)

    async def _newest(self) -> Sequence[int]:
        """The newest that are to be read now."""
        now = self.clock()
        self._later = {each: put for each, put in self._later.items() if put[0] + LONGEST_WAIT > now}
        waiting = {attempt_id for attempt_id, (until, _) in self._later.items() if until > now}
        unread = await self.failures.unread(AT_ONCE + len(waiting))
        return [attempt_id for attempt_id in unread if attempt_id not in waiting][:AT_ONCE]

    def _put_off(self, attempt_id: int) -> None:
        wait = self._later[attempt_id][1] if attempt_id in self._later else FIRST_WAIT
        self._later[attempt_id] = self.clock() + wait, min(2 * wait, LONGEST_WAIT)

    async def _read(self, attempt_id: int) -> Failure:
        patience = Patience(self.clock, total=EACH, turn=self.leisure.turn)
        try:
            return failure_of(attempt_id, await read_root_tasks(self.client, attempt_id, patience))
        except NotFound:  # a proxy may say so in passing: what the list shows is there
            page = await self.client.attempts(attempt_id + 1, 1, patience=patience)
            if page.size and page.lowest_id in {None, attempt_id}:
                raise
            return Failure(attempt_id)


def failure_of(attempt_id: int, tasks: Sequence[Task]) -> Failure:
    """By its root errors, the one to show first."""
    if not tasks:
        return Failure(attempt_id)
    text = error_text(tasks[0])
    return Failure(attempt_id, tasks[0].full_name, text, fingerprint(text))
