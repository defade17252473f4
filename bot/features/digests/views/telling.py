"""From a period that was counted to what a digest tells of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.blocks.human import counted, duration, number, ordinal, percent
from bot.blocks.states import state
from bot.core.digest import Broken, Cause, Flapping, Reckoning, Recovered, Slower, Tally
from bot.core.finding import Seen
from bot.core.model import Status
from bot.features.digests.views.values import LONG, Item, Part, Telling, moment

MOST_ITEMS = 200
"""Rows of one part that are kept for its button."""
DAY = timedelta(days=1)
UNITS = (
    (7 * DAY, "week"),
    (DAY, "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """Of which digest it is told: `words` as they narrow it, `site` where the account is, `url` of a session;
    `replaces` counts the other occurrences that it covers; `note` is a sentence of its own."""

    name: str
    zone: ZoneInfo
    site: str
    url: Callable[[int], str | None]
    words: str = ""
    replaces: int = 0
    note: str = ""


def telling(reckoning: Reckoning, seen: Mapping[int, Seen], made: Made) -> Telling:
    """`seen` are the attempts that the reckoning names; what is not among them is told without its name."""
    teller = _Teller(reckoning, seen, made)
    return Telling(
        name=made.name,
        start=reckoning.period.start,
        end=reckoning.period.end,
        span=teller.span(),
        headline=teller.headline(),
        verdict=teller.verdict(),
        eventful=teller.eventful(),
        failed=bool(reckoning.now.failed or teller.late_failures()),
        parts=tuple(part for part in teller.parts() if part.total),
        days=reckoning.days,
        notes=tuple(teller.notes()),
        footer=teller.footer(),
        numbers=teller.numbers(),
    )


@dataclass(frozen=True, slots=True)
class _Teller:
    reckoning: Reckoning
    seen: Mapping[int, Seen]
    made: Made

    def span(self) -> str:
        period = self.reckoning.period
        return f"{self.moment(period.start)} – {self.moment(period.end)} {self.made.zone.key}"

    def moment(self, at: datetime) -> str:
        """With its year where the period is so long that none would be unclear."""
        period = self.reckoning.period
        return moment(at, self.made.zone, year=period.end - period.start > LONG)

    def eventful(self) -> bool:
        told = self.reckoning
        return bool(
            told.now.failed or told.still_broken or told.new or told.recovered or self.late_failures()
        )

    def late_failures(self) -> int:
        late = (self.seen[each].last for each in self.reckoning.late if each in self.seen)
        return sum(last.status is Status.ERROR for last in late)

    def headline(self) -> str:
        """`2 workflows still broken, 1 newly broken, 3 recovered`."""
        told = self.reckoning
        if not self.eventful():
            return "Nothing failed"
        counts = (
            (len(told.still_broken), "still broken"),
            (len(told.new), "newly broken"),
            (len(told.recovered), "recovered"),
        )
        said = [f"{number(count)} {words}" for count, words in counts if count]
        if not said and not told.now.failed:
            return f"Nothing failed; {counted(self.late_failures(), 'earlier failure')} came to light late"
        if not said:
            return f"{counted(told.now.failed, 'session')} failed, no workflow is broken"
        first, *rest = said
        of = "workflow" if first.startswith("1 ") else "workflows"
        head, _, tail = first.partition(" ")
        return ", ".join([f"{head} {of} {tail}", *rest])

    def verdict(self) -> str:
        """`98.4 % of 1,204 sessions succeeded (99.1 % the day before); 19 failed, 33 % lower.`"""
        now, before, then = self.reckoning.now, self.reckoning.before, self.before_words()
        if now.rate is None and before.rate is None:
            return f"No session finished, and none {then}."
        if now.rate is None:
            former = f"{percent(before.rate or 0)} of {counted(before.finished, 'session')} succeeded"
            return f"No session finished; {former} {then}."
        rate = f"{percent(now.rate)} of {counted(now.finished, 'session')} succeeded"
        former = f"{percent(before.rate)} {then}" if before.rate is not None else f"none finished {then}"
        killed = f", {number(now.killed)} killed" if now.killed else ""
        return f"{rate}, {former}; {compared(now, before)}{killed}."

    def before_words(self) -> str:
        """`the day before`, also where that had 23 hours; `the 3 days before`."""
        length = self.reckoning.period.end - self.reckoning.period.start
        for unit, word in UNITS:
            count, slack = round(length / unit), timedelta(hours=1 if unit >= DAY else 0)
            if count and (count < 100 or unit >= DAY) and abs(length - count * unit) <= slack:
                return f"the {word if count == 1 else counted(count, word)} before"
        return f"the {duration(length)} before"

    def parts(self) -> Iterable[Part]:
        told = self.reckoning
        yield self.part("broken", "Still broken", [self.broken(each) for each in told.still_broken])
        yield self.part("new", "Newly broken", [self.broken(each, new=True) for each in told.new])
        yield self.part("recovered", "Recovered", [self.recovered(each) for each in told.recovered])
        yield self.part("flapping", "Flapping", [self.flapping(each) for each in told.flapping])
        yield self.part("causes", "Top causes", [self.cause(each) for each in told.causes])
        yield self.part("slower", "Slower than usual", [self.slower(each) for each in told.slower])
        failed = [self.session(each) for each in told.failed[:MOST_ITEMS] if each in self.seen]
        yield Part("failed", "Failed sessions", tuple(failed), told.now.failed)
        yield self.part(
            "late", "Seen late, and in no number above", [self.session(each) for each in told.late]
        )

    def part(self, key: str, title: str, items: Sequence[Item]) -> Part:
        return Part(key, title, tuple(items[:MOST_ITEMS]), len(items))

    def item(self, attempt: int, mark: str, facts: str, *, error: bool = False) -> Item:
        seen = self.seen.get(attempt)
        if seen is None:
            return Item(mark, f"attempt {attempt}", facts)
        last = seen.last
        return Item(
            mark=mark,
            title=f"{last.project} / {last.workflow}",
            facts=facts,
            session=last.session_id,
            url=self.made.url(last.session_id),
            error=seen.error if error else None,
        )

    def broken(self, each: Broken, *, new: bool = False) -> Item:
        """What is new was not failing when the period began: nothing is earlier than its first failure."""
        earlier = " or earlier" if each.open_ended and not new else ""
        facts = [
            f"{counted(each.streak, 'failure')} in a row",
            f"since {self.moment(each.since)}{earlier}",
        ]
        if each.failures != each.streak:
            facts.append(f"{counted(each.failures, 'failure') if each.failures else 'none'} in this period")
        return self.item(each.last, f"🔴 {'now' if new else 'still'} failing", " · ".join(facts), error=True)

    def recovered(self, each: Recovered) -> Item:
        lasted = duration(each.at - each.since)
        facts = f"came back {self.moment(each.at)} · {counted(each.streak, 'failure')} over {lasted}"
        return self.item(each.last, "🟢 recovered", facts)

    def flapping(self, each: Flapping) -> Item:
        now = "failing" if each.failing else "not failing"
        return self.item(each.last, "🟠 flapping", f"changed {each.changes} times · {now} at the end")

    def slower(self, each: Slower) -> Item:
        return self.item(
            each.attempt, "🟡 slower", f"took {duration(each.took)}, usually {duration(each.usual)}"
        )

    def session(self, attempt: int) -> Item:
        seen = self.seen.get(attempt)
        if seen is None:
            return self.item(attempt, "", "")
        last = seen.last
        ended = self.moment(last.finished_at) if last.finished_at else "at an unknown time"
        row = [f"{ordinal(seen.streak)} in a row"] if seen.streak > 1 else []
        facts = " · ".join([f"#{last.session_id}", f"ended {ended}", *row])
        return self.item(attempt, state(last.status), facts, error=True)

    def cause(self, each: Cause) -> Item:
        failures = (
            f"{counted(len(each.attempts), 'failed session')} in {counted(len(each.workflows), 'workflow')}"
        )
        known = self.item(each.attempts[0], "", failures)
        if each.fingerprint is None:
            title = "not read yet"
        elif not each.fingerprint:
            title = "no task tells an error"
        else:
            title = ""
        return Item("", title, failures, known.session, None, each.error or None)

    def notes(self) -> Iterable[str]:
        if self.made.replaces:
            yield (
                f"This digest replaces {counted(self.made.replaces, 'other')} that fell due before it and"
                " were not posted."
            )
        if self.made.note:
            yield self.made.note

    def footer(self) -> str:
        stood = f"as it stood at {self.moment(self.reckoning.period.end)} {self.made.zone.key}"
        return " · ".join(
            part for part in (stood, self.made.site, f"digest {self.made.name}", self.made.words) if part
        )

    def numbers(self) -> Mapping[str, str | int | list[str]]:
        told = self.reckoning
        return {
            "from": iso(told.period.start),
            "to": iso(told.period.end),
            "finished": told.now.finished,
            "success": told.now.success,
            "failed": told.now.failed,
            "killed": told.now.killed,
            "still_broken": self.names(each.last for each in told.still_broken),
            "new": self.names(each.last for each in told.new),
            "recovered": self.names(each.last for each in told.recovered),
        }

    def names(self, attempts: Iterable[int]) -> list[str]:
        lasts = (self.seen[each].last for each in attempts if each in self.seen)
        return sorted(f"{last.project}/{last.workflow}" for last in lasts)


def compared(now: Tally, before: Tally) -> str:
    """`2 failed, 33 % lower` than before; alone where nothing is to be compared with. What no percentage
    tells (less than half a one, all but all, all) is counted."""
    said = f"{number(now.failed) if now.failed else 'none'} failed"
    if not before.finished:
        return said
    if now.failed == before.failed:
        return said + (", as many as before" if now.failed else ", as before")
    if not now.failed or not before.failed:
        return f"{said}, {number(before.failed) if before.failed else 'none'} before"
    apart = abs(now.failed - before.failed)
    share, more = f"{apart / before.failed * 100:,.0f}", now.failed > before.failed
    if share == "0" or (share == "100" and not more):
        return f"{said}, {number(apart)} {'more' if more else 'fewer'} than before"
    return f"{said}, {share} % {'higher' if more else 'lower'}"


def iso(at: datetime) -> str:
    """`2026-11-24T00:00:00Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
