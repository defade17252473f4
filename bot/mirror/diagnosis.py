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
from bot.core.patience import Clock, Waits
from bot.mirror.duty import Duty
from bot.mirror.errors import read_root_tasks
from bot.mirror.leisure import Leisure
from bot.mirror.segments import may_hold
from bot.store.failures import Failure, Failures

AT_ONCE = 20
"""Attempts between two looks at which are the newest."""
EACH = 20.0
"""Seconds for one attempt's tasks."""
IN_A_ROW = 3
"""So many failures one after the other that may pass are the account's, not those attempts'; of refusals, as
many as are read at once."""
PAUSE = 30.0
"""Seconds for which nothing is read then."""
WAITS = Waits(60.0, 600.0)
"""Until what could not be read is tried again."""
FORGET = 86_400.0
"""Seconds after which one that was put off is as if it had never been tried."""


@dataclass(slots=True)
class Diagnosis:
    """`clock` is monotonic, in seconds."""

    client: Client
    failures: Failures
    clock: Clock
    leisure: Leisure
    duty: Duty = field(default_factory=Duty)
    _later: dict[int, Waits] = field(default_factory=dict)
    _again: Waits = WAITS
    _away: tuple[float, ApiError] | None = None

    async def run(self) -> None:
        """Read until none is left, where that is this process's duty. Raises ApiError where the account can't
        be read; the client has told what else can't."""
        if self._away is not None and self.clock() < self._away[0]:
            raise self._away[1]
        self._away = None
        while self.duty.ours() and (ids := await self._newest()):
            again = ids[0] in self._later
            try:
                await self._read_all(ids)
            finally:
                if again:
                    none = all(each in self._later for each in ids)
                    self._again = self._again.after(self.clock()) if none else WAITS

    async def _newest(self) -> Sequence[int]:
        """The newest that have not been tried; where there are none, those to be tried again."""
        now = self.clock()
        self._later = {each: put for each, put in self._later.items() if put.until + FORGET > now}
        unread = await self.failures.unread(AT_ONCE + len(self._later))
        fresh = [each for each in unread if each not in self._later]
        if fresh or now < self._again.until:
            return fresh[:AT_ONCE]
        return [each for each in unread if self._later[each].until <= now][:AT_ONCE]

    async def _read_all(self, ids: Sequence[int]) -> None:
        in_a_row = 0
        for attempt_id in ids:
            if not self.duty.ours():
                return
            try:
                found = await self._read(attempt_id)
            except ApiError as error:
                in_a_row += 1
                self._later[attempt_id] = self._later.get(attempt_id, WAITS).after(self.clock())
                if in_a_row == (IN_A_ROW if error.passing else AT_ONCE):
                    self._away = self.clock() + PAUSE, error
                    raise
            else:
                in_a_row = 0
                self._later.pop(attempt_id, None)
                await self.failures.put(found)

    async def _read(self, attempt_id: int) -> Failure:
        patience = self.leisure.patience(EACH)
        try:
            return failure_of(attempt_id, await read_root_tasks(self.client, attempt_id, patience))
        except NotFound:  # a proxy may say so in passing: what the list shows is there
            if may_hold(await self.client.attempts(attempt_id + 1, 1, patience=patience), attempt_id):
                raise
            return Failure(attempt_id)


def failure_of(attempt_id: int, tasks: Sequence[Task]) -> Failure:
    """By its root errors, the one to show first."""
    if not tasks:
        return Failure(attempt_id)
    text = error_text(tasks[0])
    return Failure(attempt_id, tasks[0].full_name, text, fingerprint(text))
