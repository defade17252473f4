"""What the local Slack says no with."""

from typing import Any


class SlackError(Exception):
    """An answer `{"ok": false, "error": code, …}`; `status` is its HTTP status."""

    def __init__(self, code: str, *, status: int = 200, retry_after: int | None = None, **extra: Any) -> None:
        super().__init__(code)
        self.code, self.status, self.retry_after, self.extra = code, status, retry_after, extra

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}


class CannotDo(Exception):
    """A person tried what Slack's own client would not let them do (no such button, not a member …)."""


class CannotSubmit(CannotDo):
    """A dialog is not filled in as it must be; `errors` are sentences by block_id."""

    def __init__(self, errors: dict[str, str], words: str) -> None:
        super().__init__(words)
        self.errors = errors


class ManifestError(ValueError):
    """A manifest that Slack would not take."""


def invalid(code: str, problems: list[str]) -> SlackError:
    """Slack's form for refused arguments: the reasons stand in `response_metadata.messages`."""
    return SlackError(code, errors=problems, response_metadata={"messages": problems})
