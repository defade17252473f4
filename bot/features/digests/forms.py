"""The dialog that makes a digest: its fields, what is wrong with them, and the words they stand for."""

from collections.abc import Mapping

from bot.blocks import pieces
from bot.blocks.message import Block
from bot.blocks.pieces import Choice
from bot.core.cron import Unclear
from bot.core.digest_words import narrowing, parse_wanted
from bot.core.reply import Dialog
from bot.core.when import read_when
from bot.features.digests.making import cron_of
from bot.store.digests import Digest

EDIT = "edit "
"""What a dialog is for that changes a digest, followed by its name."""
LINE = "digests add morning every weekday at 9 in #data"


def add_dialog(zone: str, channel: str, prefix: str = "") -> Dialog:
    """`zone` is the asker's; `channel` is where they are."""
    name = pieces.text_input("Name", "name", example="morning", hint="One word, by which you call it")
    return Dialog(
        title="New digest",
        submit="Look at it",
        callback="digests add",
        typed=f"/{prefix}{LINE}",
        blocks=(name, *_fields(zone, channel)),
    )


def edit_dialog(digest: Digest, prefix: str = "") -> Dialog:
    """All of it but its name, as it is now."""
    return Dialog(
        title="Change a digest",
        submit="Look at it",
        callback=f"digests {EDIT}{digest.name}",
        typed=f"/{prefix}digests edit {digest.name} {said(digest)}",
        blocks=_fields(digest.zone, digest.channel, when(digest), digest.words, quiet=digest.quiet),
    )


def when(digest: Digest) -> str:
    """Its times in words, where these are read as the same times again; else its cron."""
    words = cron_of(digest).words
    return words if read_when(words) == digest.cron else digest.cron


def said(digest: Digest) -> str:
    """What one types behind its name to have it as it is."""
    parts = [when(digest), "in", digest.channel if digest.checked else digest.place, "zone", digest.zone]
    parts += ["quiet"] if digest.quiet else []
    return " ".join([*parts, digest.words]).strip()


def _fields(
    zone: str, channel: str, when: str = "", words: str = "", *, quiet: bool = False
) -> tuple[Block, ...]:
    return (
        pieces.text_input(
            "When",
            "when",
            initial=when,
            example="every weekday at 9",
            hint="Words, or the five fields of a cron: mondays 08:30, hourly, 0 9 * * 1-5",
        ),
        pieces.channel_input(
            "Channel",
            "channel",
            initial=channel if channel.startswith(("C", "G")) else "",
            hint="Lookout must be a member there",
        ),
        pieces.text_input("Time zone", "zone", initial=zone),
        pieces.text_input(
            "Only",
            "words",
            initial=words,
            optional=True,
            example="sales/*",
            hint="Projects and workflows, as one types them for /sessions; nothing is all of them",
        ),
        pieces.tick_input("Quiet", "quiet", Choice("Post nothing if nothing failed", "quiet"), ticked=quiet),
    )


def typed_of(fields: Mapping[str, str]) -> str:
    """The words behind `add`, or behind `edit` and its name, that say the same."""
    parts = [fields.get("name", ""), fields.get("when", ""), "in", fields.get("channel", "")]
    parts += ["zone", fields["zone"]] if fields.get("zone") else []
    parts += ["quiet"] if fields.get("quiet") else []
    return " ".join([*parts, fields.get("words", "")]).strip()


def form_errors(fields: Mapping[str, str], *, named: bool = True) -> dict[str, str]:
    """By field, what is wrong with it; each is tried with sound ones in place of the others. Not `named`: the
    name is no field."""
    sound = {"name": "morning", "when": "hourly", "channel": "#data", "zone": "UTC", "words": "", "quiet": ""}
    found: dict[str, str] = {}
    for field in ("name", "when", "zone") if named else ("when", "zone"):
        tried = parse_wanted(typed_of({**sound, field: fields.get(field, "")}))
        if isinstance(tried, Unclear):
            found[field] = tried.sentence
    if named and len(fields.get("name", "").split()) != 1:
        found["name"] = "A name is one word."
    narrowed = narrowing(fields.get("words", ""))
    if isinstance(narrowed, Unclear):
        found["words"] = narrowed.sentence
    return found
