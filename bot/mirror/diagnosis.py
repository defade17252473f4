"""Why each failed attempt failed: its root error, read once, in the background, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.api.client import Client
from bot.core.diagnosis import error_text, root_errors
from bot.core.errors import NotFound
from bot.core.fingerprint import fingerprint
from bot.core.model import Task
from bot.core.patience import Clock, Patience
from bot.mirror.duty import Duty
from bot.mirror.leisure import Leisure
from bot.store.failures import Failure, Failures

AT_ONCE = 20
"""Attempts between two looks at which are the newest."""
SILENCE = 30.0


@dataclass(slots=True)
class Diagnosis:
    """`clock` is monotonic, in seconds."""

    client: Client
    failures: Failures
    clock: Clock
    leisure: Leisure
    duty: Duty = field(default_factory=Duty)

    async def run(self) -> None:
        """Read until none is left, where that is this process's duty. Raises ApiError where the account can't
        be read: the next turn goes on."""
        patience = Patience(self.clock, silence=SILENCE, turn=self.leisure.turn)
        while self.duty.ours() and (ids := await self.failures.unread(AT_ONCE)):
            for attempt_id in ids:
                if not self.duty.ours():
                    return
                await self.failures.put(await self._read(attempt_id, patience))

    async def _read(self, attempt_id: int, patience: Patience) -> Failure:
        try:
            tasks = root_errors((await self.client.tasks(attempt_id, patience=patience)).rows)
        except NotFound:
            tasks = ()
        return failure_of(attempt_id, tasks)


def failure_of(attempt_id: int, tasks: Sequence[Task]) -> Failure:
    """By its root errors, the one to show first."""
    if not tasks:
        return Failure(attempt_id)
    text = error_text(tasks[0])
    return Failure(attempt_id, tasks[0].full_name, text, fingerprint(text))
