"""Gates: what Slack does not take now, and since when it does again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.slack.channel import TryLater

Value = TypeVar("Value")


@dataclass(slots=True)
class Gates:
    """A gate a method, and one a channel that is posted in. `clock` is monotonic, in seconds."""

    clock: Callable[[], float]
    _until: dict[str, float] = field(default_factory=dict)

    async def through(self, gate: str, call: Callable[[], Awaitable[Value]]) -> Value:
        """Make the call, unless its gate is shut; a call that Slack limits shuts it. Raises TryLater."""
        if (left := self.left(gate)) > 0:
            raise TryLater("Slack asked to slow down.", left)
        try:
            return await call()
        except TryLater as error:
            self.shut(gate, error.after or 0.0)
            raise

    def shut(self, gate: str, seconds: float) -> None:
        self._until[gate] = max(self._until.get(gate, 0.0), self.clock() + seconds)

    def left(self, gate: str) -> float:
        """Seconds until it opens."""
        return self._until.get(gate, float("-inf")) - self.clock()

    def shut_now(self, prefix: str) -> list[str]:
        """What is left of the names of those that are shut, without `prefix`; the open ones are forgotten."""
        self._until = {gate: until for gate, until in self._until.items() if until > self.clock()}
        return [gate.removeprefix(prefix) for gate in self._until if gate.startswith(prefix)]
