"""The command line: `python -m bot run | ask | digest | demo | manifest`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.errors import LookoutError
from bot.version import own_version


def main(arguments: Sequence[str] | None = None) -> int:
    """Ends with 0 for an answer, 1 where it could not be had, 2 for wrong options."""
    chosen = parser().parse_args(arguments)
    try:
        return int(asyncio.run(chosen.run(chosen)))
    except LookoutError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader went away (`| head`): nothing is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="python -m bot", description="Lookout: Treasure Workflow and Digdag in Slack."
    )
    root.add_argument("--version", action="version", version=f"lookout {own_version()}")
    verbs = root.add_subparsers(required=True, metavar="run | ask | digest | demo | manifest")
    add_run(verbs)
    add_ask(verbs)
    add_digest(verbs)
    add_demo(verbs)
    add_manifest(verbs)
    return root


Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - its only name


def add_run(verbs: Verbs) -> None:
    run = verbs.add_parser("run", help="run the bot (settings from the environment; see the README)")
    run.set_defaults(run=run_bot)


def add_ask(verbs: Verbs) -> None:
    ask = verbs.add_parser("ask", help='answer one question here: ask "/sessions failed"')
    ask.add_argument("question", nargs="*", help='what one would type in Slack, e.g. "/sessions failed"')
    ask.add_argument("--json", action="store_true", help="print the Slack payload instead")
    ask.add_argument(
        "--zone", type=zone, default=None, metavar="ZONE", help="where the asker is, e.g. Asia/Tokyo (UTC)"
    )
    ask.set_defaults(run=ask_here)


def add_digest(verbs: Verbs) -> None:
    digest = verbs.add_parser("digest", help="print a digest as it would be sent: digest NAME --dry-run")
    digest.add_argument("name", metavar="NAME", help="the digest's name")
    digest.add_argument("--dry-run", action="store_true", required=True, help="print it: nothing is sent")
    digest.add_argument(
        "--at", type=instant, default=None, metavar="INSTANT", help="when, e.g. 2026-11-24T00:00:00Z (now)"
    )
    digest.add_argument("--json", action="store_true", help="print text, blocks and numbers")
    digest.set_defaults(run=dry_run)


def add_demo(verbs: Verbs) -> None:
    demo = verbs.add_parser("demo", help="try it on a simulated account: nothing else is needed")
    demo.add_argument("--account-only", action="store_true", help="serve the simulated account alone")
    demo.add_argument(
        "--port",
        type=port,
        default=0,
        metavar="N",
        help="port of the page, with --account-only of the account (a free one)",
    )
    demo.add_argument(
        "--sessions", type=positive, default=None, metavar="N", help="how many sessions it holds"
    )
    demo.add_argument("--flavour", choices=("hosted", "digdag"), default="hosted")
    demo.add_argument(
        "--zone", type=zone, default=None, metavar="ZONE", help="where you are, e.g. Asia/Tokyo"
    )
    demo.set_defaults(run=run_demo)


def add_manifest(verbs: Verbs) -> None:
    manifest = verbs.add_parser("manifest", help="print the Slack app's manifest")
    manifest.add_argument(
        "--url", type=https, default=None, help="public address for signed HTTP; without: Socket Mode"
    )
    manifest.set_defaults(run=print_manifest)


async def run_bot(_: argparse.Namespace) -> int:
    from bot.app import run

    return await run(os.environ)


async def ask_here(chosen: argparse.Namespace) -> int:
    from bot.ask import ask

    return await ask(" ".join(chosen.question), os.environ, zone=chosen.zone, as_json=chosen.json)


async def dry_run(chosen: argparse.Namespace) -> int:
    from bot.digest import dry_run

    return await dry_run(chosen.name, os.environ, at=chosen.at, as_json=chosen.json)


async def run_demo(chosen: argparse.Namespace) -> int:
    from bot import demo

    if chosen.account_only:
        return await demo.account_only(chosen.port, chosen.sessions, chosen.flavour)
    return await demo.demo(
        zone=chosen.zone, sessions=chosen.sessions, flavour=chosen.flavour, port=chosen.port
    )


async def print_manifest(chosen: argparse.Namespace) -> int:
    from bot.manifest import manifest_yaml
    from bot.settings import Settings

    print(manifest_yaml(chosen.url, Settings.command_prefix(os.environ)), end="")
    return 0


def zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(
            f"no such time zone: {text} (an IANA name such as Asia/Tokyo)"
        ) from error


def instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"no instant: {text} (as in 2026-11-24T00:00:00Z)") from error
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"an instant with its zone, as in {text}Z, not {text}")
    if not 2000 <= at.year < 2100:
        raise argparse.ArgumentTypeError(f"an instant of this century, not {text}")
    return at.astimezone(UTC)


def port(text: str) -> int:
    if text.isdigit() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"no port: {text}")


def positive(text: str) -> int:
    if text.isdigit() and 0 < int(text) <= 1_000_000:
        return int(text)
    raise argparse.ArgumentTypeError(f"a number from 1 to 1000000, not {text}")


def https(text: str) -> str:
    if text.startswith("https://"):
        return text
    raise argparse.ArgumentTypeError(f"an address that begins with https://, not {text}")
