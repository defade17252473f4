"""The part of a question that is the bot's own: from refreshed to rendered."""

import time
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.api.sites import Site
from bot.asking.desk import Desk
from bot.core.people import Asking, Person
from bot.core.reply import Say
from bot.features.sessions.replies import Sessions
from bot.mirror.mirror import Mirror
from bot.store.asks import Asks

QUESTION = "failed"


@dataclass(frozen=True, slots=True)
class Own:
    """Seconds from refreshed to rendered: by the clock, and of computing."""

    seconds: float
    computed: float

    @classmethod
    def now(cls) -> "Own":
        return cls(time.perf_counter(), time.process_time())

    def since(self, before: "Own") -> "Own":
        return Own(self.seconds - before.seconds, self.computed - before.computed)


@dataclass(slots=True)
class Local:
    """Asks as someone in Slack does; `refreshed` is when the last look had ended."""

    mirror: Mirror
    site: Site
    refreshed: Own = field(default_factory=Own.now)
    sessions: Sessions = field(init=False)
    asking: Asking = field(init=False)

    def __post_init__(self) -> None:
        mirror = self.mirror
        asks = Asks(mirror.copy.store)
        self.sessions = Sessions(Desk(mirror, mirror.client, asks, self.site, mirror.now, mirror.clock))
        self.asking = Asking(Person("U0BENCH", "bench", ZoneInfo("Europe/Berlin"), team="T0LOOKOUT"))

    async def question(self) -> Own:
        """Raises RuntimeError where there was no answer."""
        reply = await self.sessions.asked(QUESTION, self.asking)
        if not isinstance(reply, Say) or not reply.message.blocks:
            raise RuntimeError("A question was not answered.")
        return Own.now().since(self.refreshed)
