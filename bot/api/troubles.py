"""Why no connection came about, from what the operating system said, as one of our errors."""

import socket
import ssl
from collections.abc import Iterator

from bot.api.sites import Site
from bot.core.errors import ApiError, Unreachable


def unconnected(error: BaseException, site: Site) -> ApiError:
    """What a failed connection means; the telling error lies somewhere among the causes of `error`."""
    for cause in _causes(error):
        if (why := _why(cause, site)) is not None:
            trouble = Unreachable(why)
            trouble.lasting = True
            return trouble
    return Unreachable(f"{site.name} can't be reached: look at {site.setting} and the network.")


def _why(cause: BaseException, site: Site) -> str | None:
    match cause:
        case socket.gaierror():
            return f"The host of {site.name} can't be found: look at {site.setting} and the network."
        case ssl.SSLCertVerificationError():
            why = str(cause.verify_message).rstrip(".")
            return f"The certificate of {site.name} is not trusted ({why}): SSL_CERT_FILE names authorities."
        case ssl.SSLError():
            return f"{site.name} does not speak TLS: is {site.setting} right about https and the port?"
        case ConnectionRefusedError():
            return f"{site.name} refused the connection: is it running, and is {site.setting} right?"
        case _:
            return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it: causes, contexts, members of groups."""
    if error is None:
        return
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _causes(member)
    yield from _causes(error.__cause__ or error.__context__)
