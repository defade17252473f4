"""What an ask keeps: the whole list, so that turning its pages reads nothing again. JSON, zlib-compressed."""

import asyncio
import logging
import zlib
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from bot.asking.desk import Desk
from bot.asking.kinds import Draft, Page
from bot.core.errors import StoreError
from bot.core.people import Asking
from bot.store.asks import Ask

log = logging.getLogger("lookout.asking")

HEADWAY = 0.05
"""Seconds that an answer has before it is kept: a thread that computes meanwhile would hold it up."""


def pack(whole: Page, kept_as: TypeAdapter[Page]) -> bytes:
    return zlib.compress(kept_as.dump_json(whole), 1)


def unpack(payload: bytes, kept_as: TypeAdapter[Page]) -> Page | None:
    """None for what another version kept: it is then asked anew."""
    try:
        return kept_as.validate_json(zlib.decompress(payload))
    except (ValidationError, zlib.error):
        return None


def keep_soon(desk: Desk, draft: Draft[Page], kept_as: TypeAdapter[Page], asking: Asking) -> None:
    """Keep what turning pages needs; the answer does not wait for it, a press on the answer does."""
    desk.asks.later(draft.page.ask or "", _keep(desk, draft, kept_as, asking, desk.now()))


async def _keep(
    desk: Desk, draft: Draft[Page], kept_as: TypeAdapter[Page], asking: Asking, made_at: datetime
) -> None:
    """An answer that cannot be kept is still given: it is asked anew then."""
    person, page = asking.person, draft.page
    await asyncio.sleep(HEADWAY)
    try:
        ask = Ask(
            id=page.ask or "",
            team=person.team,
            asker=person.id,
            words=page.words,
            zone=person.zone.key,
            as_of=page.fresh.coverage.as_of,
            made_at=made_at,
            payload=await asyncio.to_thread(pack, await draft.whole(page), kept_as),
        )
        await desk.asks.put(ask)
    except StoreError as error:
        log.warning("an answer could not be kept for turning its pages: %s", error)


async def keep_more(desk: Desk, ask: Ask, whole: Page, kept_as: TypeAdapter[Page]) -> None:
    """Keep the list with what was read beside it since."""
    try:
        await desk.asks.update(ask.id, pack(whole, kept_as))
    except StoreError as error:
        log.warning("what was read beside an answer could not be kept: %s", error)


async def kept_ask(desk: Desk, ask_id: str | None) -> Ask | None:
    """The ask behind a press; None where it is gone, or the database cannot be read now."""
    if ask_id is None:
        return None
    try:
        return await desk.asks.get(ask_id, desk.now())
    except StoreError as error:
        log.warning("an ask could not be read: %s", error)
        return None
