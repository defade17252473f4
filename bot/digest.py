"""`python -m bot digest NAME --dry-run`: a digest as it would be sent, ending in the terminal."""

import json
from collections.abc import Mapping
from datetime import datetime

from bot import logs
from bot.ask import opened
from bot.blocks.terminal import rendered
from bot.core.errors import Refused
from bot.core.patience import Patience
from bot.features.digests.views import digest_message
from bot.settings import Settings

SILENCE = 30.0
"""Seconds without one good answer after which reading is given up."""


async def dry_run(name: str, environ: Mapping[str, str], *, at: datetime | None, as_json: bool) -> int:
    """Print it; what the copy does not hold is read from the API to the end.

    Raises SettingsError, Refused for a name that no digest has, NotYet, ApiError and StoreError.
    """
    settings = Settings.for_ask(environ)
    logs.configure(settings.log_format, settings.log_level)
    async with opened(settings) as parts:
        digest = await parts.digests.drafts.known(name)
        maker = parts.digests.maker
        now = parts.digests.now()
        if at is not None and at > now:
            raise Refused(f"{at:%Y-%m-%dT%H:%M:%SZ} has not come yet: a digest tells what was.")
        occurrence = await maker.at(digest, at or now)
        patience = Patience(maker.clock, silence=SILENCE)
        told, _ = await maker.told(digest, occurrence, patience, diagnosed=True)
    message = digest_message(told)
    if as_json:
        shown = {**message.payload(), "numbers": dict(told.numbers)}
        print(json.dumps(shown, ensure_ascii=False))
    else:
        print(rendered(message))
    return 0
