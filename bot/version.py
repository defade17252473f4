"""Which Lookout this is."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """As installed; from a mere checkout there is none."""
    try:
        return version("lookout-bot")
    except PackageNotFoundError:
        return "from source"
