"""Sessions as messages: values in, a Message out."""

from bot.features.sessions.views.lists import header_words, list_message
from bot.features.sessions.views.story import story_message
from bot.features.sessions.views.values import FEATURE, Group, ListPage, Row, Story

__all__ = ["FEATURE", "Group", "ListPage", "Row", "Story", "header_words", "list_message", "story_message"]
