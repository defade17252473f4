"""One tree of errors. `str(error)` is a sentence for a person, with what to do next; it never holds a secret.

LookoutError
├── SettingsError          the deployment is wrong: `run` ends with it
├── Refused                the asker's input or standing: an answer, not a failure
├── ApiError               the account could not be asked
│   ├── Unauthorized       401, 403
│   ├── NotFound           404
│   ├── TooManyRequests    429, with `retry_after` in seconds
│   ├── BadRequest         any other 4xx
│   ├── ServerFailed       5xx
│   ├── Unreadable         not JSON, cut short, not the shape it should have
│   │   └── OddItem        the one item that was asked for has another shape
│   └── Unreachable        refused, dropped, timed out, dripping
├── SlackError             Slack could not be told
│   └── SlackRefusedToken  the token is wrong: `run` ends with it
└── StoreError             the database could not be read or written
"""


class LookoutError(Exception):
    """The root of what is foreseen: one line in the log, one sentence for the person."""


class SettingsError(LookoutError):
    """A setting is missing or wrong."""


class Refused(LookoutError):
    """What was asked cannot be answered as asked; the sentence says why and what would work."""


class ApiError(LookoutError):
    """The account could not be asked."""

    passing = False
    """Whether the same request may succeed a moment later."""

    lasting = False
    """Whether it will likely stay so all the same: a refused connection, a wrong address, a stranger."""


class Unauthorized(ApiError):
    """401 or 403: the key was refused or may not see this."""


class NotFound(ApiError):
    """404: no such path, id or name (or not visible with this key)."""


class BadRequest(ApiError):
    """Another 4xx: the server did not take the request."""


class TooManyRequests(ApiError):
    """429; `retry_after` is in seconds, None where the server does not say."""

    passing = True

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class ServerFailed(ApiError):
    """5xx; `retry_after` as for 429 (a 503 may carry it)."""

    passing = True

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unreadable(ApiError):
    """The answer is not what the API promises: HTML, cut short, another shape."""

    passing = True


class OddItem(Unreadable):
    """What was asked for alone came whole, in a shape that the API does not promise: a page would set such a
    row aside, and asking again gives the same."""

    passing = False


class Unreachable(ApiError):
    """No whole answer came: refused, dropped, timed out."""

    passing = True


class SlackError(LookoutError):
    """Slack could not be told."""


class SlackRefusedToken(SlackError):
    """Slack does not take the token."""


class StoreError(LookoutError):
    """The database could not be read or written."""
