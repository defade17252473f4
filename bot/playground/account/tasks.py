"""Task trees: what `/tasks` shows of an attempt at an instant, grown from the steps of its workflow.

States follow Digdag: pure groups and callers become `group_error`, what stands behind a failure stays
`blocked` for ever, children of `call>` and the like (`^sub`) exist once their parent has run, each failed
root gets a `^failure-alert`, and a group with `_retry` holds a second copy of its tasks under the same names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.playground.account.model import Attempt, Task

STACK = (
    "io.digdag.standards.operator.ShOperatorFactory$ShOperator.runCode(ShOperatorFactory.java:121), "
    "io.digdag.util.BaseOperator.run(BaseOperator.java:35), "
    "io.digdag.core.agent.OperatorManager.callExecutor(OperatorManager.java:399), "
    "java.base/java.lang.Thread.run(Thread.java:840)"
)
UNKNOWN_LENGTH = timedelta(minutes=10)
ALERT: Mapping[str, Any] = {"_type": "notify", "_command": "Workflow session attempt failed"}


@dataclass(frozen=True)
class Step:
    """A task of a workflow. Its children run in turn unless `parallel`; `caller` makes them `^sub`."""

    name: str
    config: Mapping[str, Any] = field(default_factory=dict)
    children: tuple["Step", ...] = ()
    parallel: bool = False
    caller: bool = False
    retry: bool = False

    @property
    def slots(self) -> int:
        """How many turns it takes, one for a task without children."""
        if not self.children:
            return 1
        each = [child.slots for child in self.children]
        return max(each) if self.parallel else sum(each)


@dataclass(eq=False)
class Node:
    """A task that will be, with the turns in which it runs."""

    name: str
    step: Step
    parent: "Node | None"
    first: int
    upstreams: "list[Node]"
    copy: int = 0
    dynamic: bool = False
    number: int = 0

    @property
    def leaf(self) -> bool:
        return not self.step.children

    @property
    def group(self) -> bool:
        return bool(self.step.children) and not self.step.caller

    def under(self, other: "Node") -> bool:
        return self is other or (self.parent is not None and self.parent.under(other))


PLAIN = (
    Step("+prepare", {"echo>": "preparing"}),
    Step("+load", {"sh>": "./load.sh"}),
    Step("+report", {"echo>": "done"}),
)


def plain_tree(attempt: Attempt, now: datetime, error: str | None) -> list[Task]:
    """The tasks of a workflow of three steps, of which the second fails."""
    return tree(attempt, PLAIN, now, error, operator="sh>")


def tree(
    attempt: Attempt,
    steps: tuple[Step, ...],
    now: datetime,
    error: str | None,
    *,
    operator: str | None = None,
    hook: bool = False,
    root: Mapping[str, Any] | None = None,
) -> list[Task]:
    """The tasks at `now`, by id. A task of this `operator` fails, or any; `hook`: `_error:` at the root."""
    if attempt.started > now:
        return []
    top = Node(f"+{attempt.session.workflow}", Step("", root or {}, steps), None, 0, [])
    nodes = [top, *_grow(top)]
    nodes.sort(key=lambda node: (node.dynamic, node.copy))
    for place, node in enumerate(nodes):
        node.number = attempt.id * 64 + place
    broken = _broken(nodes, operator, attempt.id) if attempt.outcome != "success" else None
    life = _Life(attempt, now, broken, top.step.slots, error)
    shown = [life.task(node) for node in nodes if life.exists(node)]
    return shown + list(_after(life, top, hook, attempt.id * 64 + len(nodes)))


def _broken(nodes: list[Node], operator: str | None, seed: int) -> Node:
    leaves = [node for node in nodes if node.leaf and node.copy == 0]
    fitting = [node for node in leaves if operator in node.step.config]
    choice = fitting or leaves
    return choice[seed // 8 % len(choice)]


def _grow(parent: Node) -> Iterator[Node]:
    """Everything below a node, depth first."""
    for copy in range(2 if parent.step.retry else 1):
        turn, before, prefix = parent.first, list[Node](), parent.name + "^sub" * parent.step.caller
        for child in parent.step.children:
            dynamic = parent.dynamic or parent.step.caller
            node = Node(prefix + child.name, child, parent, turn, before, max(copy, parent.copy), dynamic)
            yield node
            yield from _grow(node)
            if not parent.step.parallel:
                turn, before = turn + child.slots, [node]


@dataclass
class _Life:
    """An attempt at an instant: which turn it is, and what has become of each task."""

    attempt: Attempt
    now: datetime
    broken: Node | None
    slots: int
    error: str | None

    def __post_init__(self) -> None:
        self.turns = self.slots if self.broken is None else self.broken.first + 1
        end = self.attempt.finished
        length = UNKNOWN_LENGTH if end is None else end - self.attempt.started
        self.length = max(length - timedelta(seconds=1), timedelta())
        self.flaky = self.attempt.id % 5 == 0

    def at(self, turn: float) -> datetime:
        return (self.attempt.started + self.length * (turn / self.turns)).replace(microsecond=0)

    def span(self, node: Node) -> tuple[float, float]:
        """First turn and end; the two rounds of a `_retry` group share its time."""
        first, end = float(node.first), float(node.first + node.step.slots)
        group = self._repeated(node)
        if group is None:
            return first, end
        begin, over = float(group.first), float(min(group.first + group.step.slots, self.turns))
        shift = (over - begin) / 2 if node.copy else 0.0
        return begin + (first - begin) / 2 + shift, begin + (end - begin) / 2 + shift

    def _repeated(self, node: Node) -> Node | None:
        """The `_retry` group around it, where that needed its second round."""
        above = node.parent
        while above is not None and not above.step.retry:
            above = above.parent
        if above is None:
            return None
        if self.broken is None:
            return above if self.flaky else None
        return above if self.attempt.outcome == "error" and self.broken.under(above) else None

    def exists(self, node: Node) -> bool:
        if node.copy and not (self._repeated(node) is not None and self.at(self.span(node)[0]) <= self.now):
            return False
        return not node.dynamic or (node.parent is not None and self.begun(node.parent))

    def begun(self, node: Node) -> bool:
        return self.span(node)[0] < self.turns and self.at(self.span(node)[0]) <= self.now

    def ended(self, node: Node) -> bool:
        end = min(self.span(node)[1], float(self.turns))
        if self.attempt.finished is None and end >= self.turns:
            return False
        over = (
            self.attempt.finished
            if node.parent is None and self.attempt.finished is not None
            else self.at(end)
        )
        return self.begun(node) and over <= self.now

    def fails(self, node: Node) -> bool:
        """Whether it is the broken task, in either copy, or the flaky one of a first round."""
        if self.broken is not None:
            return node.name == self.broken.name
        return (
            node.leaf
            and node.copy == 0
            and self._repeated(node) is not None
            and node.name.endswith("+verify")
        )

    def state(self, node: Node) -> str:
        if not self.begun(node):
            return "blocked"
        if not self.ended(node):
            return "running" if node.leaf else "planned"
        if node.leaf and self.fails(node):
            return "error" if self.broken is None or self.attempt.outcome == "error" else "canceled"
        if self.broken is not None and not node.leaf and self.broken.under(node):
            return "group_error" if self.attempt.outcome == "error" else "canceled"
        return "success"

    def task(self, node: Node) -> Task:
        state, (first, end) = self.state(node), self.span(node)
        begun, done = self.begun(node), self.ended(node)
        return Task(
            id=node.number,
            name=node.name,
            parent=None if node.parent is None else node.parent.number,
            state=state,
            updated=self.at(min(end, self.turns))
            if done
            else self.at(first)
            if begun
            else self.attempt.started,
            started=self.at(first) if begun and not node.group else None,
            config=node.step.config,
            upstreams=tuple(each.number for each in node.upstreams),
            group=node.group,
            cancel_requested=self.attempt.cancel_requested(self.now) and state != "success",
            export=node.step.config.get("_export", {}),
            store=self._stored(node) if state == "success" else {},
            states={"job": {"jobId": str(node.number)}} if begun and "td>" in node.step.config else {},
            error=self.error_of(node) if state == "error" else {},
        )

    def _stored(self, node: Node) -> Mapping[str, Any]:
        return {"td": {"last_job_id": str(node.number)}} if "td>" in node.step.config else {}

    def error_of(self, node: Node) -> dict[str, Any]:
        message = self.error or "Command failed with code 1 (runtime)"
        return {"message": message} | ({"stacktrace": STACK} if message.endswith("(runtime)") else {})


def _after(life: _Life, top: Node, hook: bool, number: int) -> Iterator[Task]:
    """What a failed root adds: the alert, and its `_error` tasks."""
    if life.broken is None or life.attempt.outcome != "error" or not life.ended(life.broken):
        return
    at = life.at(life.turns)
    yield Task(number, f"{top.name}^failure-alert", top.number, "success", at, at, config=ALERT)
    if hook:
        export = {"error": life.error_of(life.broken)}
        config = {"_export": export, "+notify": {"http>": "https://hooks.example.com/notify"}}
        name = f"{top.name}^error"
        yield Task(number + 1, name, top.number, "success", at, config=config, group=True, export=export)
        call = {"http>": "https://hooks.example.com/notify"}
        yield Task(number + 2, f"{name}+notify", number + 1, "success", at, at, config=call)
