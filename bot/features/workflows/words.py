"""`/workflows`: its row of the command table. Its words are those of `/sessions`, that `core.words` reads."""

from bot.core.usage import Section, Usage
from bot.core.vocabulary import DELIVERY, PLACES, SESSION_DAYS, SHAPES, WINDOWS

RUN = "run"

STATUS = (
    ("failed", "last ended in an error"),
    ("killed", "were stopped by someone the last time"),
    ("success", "last ended well"),
    ("running", "have a session at work"),
    ("queued", "have one that waits for a free slot"),
    ("blocked", "have one that waits for others to end"),
    ("canceling", "have one that was asked to stop and has not yet"),
    ("finished", "have ended, well or not"),
    ("unfinished", "have a session that has not ended"),
    ("all", "whatever the status"),
)
ORDER = (
    ("sort:name", "by project and workflow; said nothing, this is meant"),
    ("sort:newest", "those that ended last first"),
    ("sort:duration", "those that usually take longest first"),
    ("limit:20", "at most so many"),
)

WORKFLOWS = Usage(
    name="workflows",
    usage="failed | sales 7d | slow today | help",
    summary="The health of each workflow: last result, streak, success rate, usual time",
    examples=(
        ("", "every workflow of the last 24 hours, those that fail now first"),
        ("failed", "those whose last result is a failure"),
        ("sales 7d", "a week of one project's workflows"),
        ("slow today sort:duration", "those with sessions slower than usual, the longest first"),
        ("2w csv", "two weeks of all of them as a file"),
    ),
    sections=(
        Section("Status: workflows that …", STATUS),
        Section("Shape: with sessions that …", tuple((shape.value, said) for shape, said in SHAPES.items())),
        Section("When their sessions finished, in your own time zone", WINDOWS),
        Section("Which day these ran for, in the session time's own zone", SESSION_DAYS),
        Section("Where", PLACES),
        Section("Order: those that fail now are always first", ORDER),
        Section("Where to", DELIVERY),
    ),
)
"""Words come in any order. Of several statuses each counts; windows are cut in the asker's zone."""
