"""`/sessions`: its row of the command table. Its help prints the very words that `core.words` reads."""

from bot.core.usage import Section, Usage
from bot.core.vocabulary import DELIVERY, IDS, ORDER, PLACES, SESSION_DAYS, SHAPES, STATUS_WORDS, WINDOWS

SESSIONS = Usage(
    name="sessions",
    usage="failed today | sales/daily_load 7d | 123456 | help",
    summary="List and search sessions, or open one by its id",
    examples=(
        ("", "everything of the last 24 hours, failures counted on top"),
        ("failed", "what ended in an error in the last 24 hours"),
        ("failed sales since monday", "the same in one project, since Monday"),
        ("sales/daily_load 7d", "a week of one workflow"),
        ("for 2026-11-20 unfinished", "runs for that day which have not ended"),
        ("slow today sort:duration", "what took longer than usual, the longest first"),
        ("retried yesterday by workflow", "what took several attempts, grouped"),
        ("failed 2w csv", "two weeks of failures as a file"),
        ("123456", "one session's story"),
    ),
    sections=(
        Section("Status: sessions that …", tuple((row.word, row.meaning) for row in STATUS_WORDS)),
        Section("Shape: sessions that …", tuple((shape.value, meaning) for shape, meaning in SHAPES.items())),
        Section("When they finished, in your own time zone", WINDOWS),
        Section("Which day they ran for, in the session time's own zone", SESSION_DAYS),
        Section("Where", PLACES),
        Section("One session", IDS),
        Section("Order", ORDER),
        Section("Where to", DELIVERY),
    ),
)
"""Words come in any order. Of several statuses each counts; windows are cut in the asker's zone."""
