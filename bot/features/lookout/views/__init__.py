"""What `/lookout` answers of itself: values in, a Message out."""

from bot.features.lookout.views.status import Standing, status_message

__all__ = ["Standing", "status_message"]
