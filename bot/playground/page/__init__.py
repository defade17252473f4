"""The page of the local Slack: what one person sees of it, in a browser, and what that person does there.

It knows the local Slack alone, and nothing of what the app's messages say. Start reading in `server`.
"""

from bot.playground.page.panel import Button, Panel, Standing
from bot.playground.page.server import Page

__all__ = ["Button", "Page", "Panel", "Standing"]
