"""How the copy stands, read."""

from bot.core.standing import MirrorStanding
from bot.mirror.mirror import Mirror


async def mirror_standing(mirror: Mirror) -> MirrorStanding:
    """Raises StoreError."""
    standing, now = await mirror.copy.standing(), mirror.now()
    progress, aim = standing.progress, now - mirror.rules.kept
    stopped = mirror.upkeep.filling.error
    return MirrorStanding(
        keeps=mirror.keeps,
        only_sessions=mirror.upkeep.only_sessions,
        begun=progress.mark is not None,
        filled_to=progress.bottom_created if progress.bottom_id else None,
        aim=aim,
        whole=progress.holds_from(aim),
        exact=progress.holds_from(now - mirror.rules.exact),
        ticked_at=progress.ticked_at,
        looked_at=progress.looked_at,
        trouble=mirror.upkeep.trouble or (str(stopped) if stopped else None),
        unfinished=len(standing.open),
        odd=progress.odd,
        unread=await mirror.failures.count_unread(),
        a_minute=mirror.client.stats.recent.a_minute(mirror.clock()),
        lease=await mirror.upkeep.duty.whose(),
    )
