"""Views: their shape, what is checked of them, and how they are kept and shown."""

import json
from dataclasses import replace
from typing import Any

from bot.playground.slack import limits as most
from bot.playground.slack.blocks import check_blocks, elements, every_block, filled_in
from bot.playground.slack.checks import anything, boolean, choice, problem, record, string
from bot.playground.slack.elements import plain
from bot.playground.slack.people import APP, BOT, TEAM
from bot.playground.slack.state import state_values
from bot.playground.slack.values import Json, View
from bot.playground.slack.workspace import Workspace

_COMMON = {
    "private_metadata": string(most.PRIVATE_METADATA),
    "callback_id": string(most.CALLBACK_ID),
    "external_id": string(most.EXTERNAL_ID),
}
_SHAPES = {
    "modal": record(
        {"type": choice("modal"), "title": plain(most.VIEW_TITLE), "blocks": anything},
        {
            **_COMMON,
            "submit": plain(most.VIEW_BUTTON),
            "close": plain(most.VIEW_BUTTON),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": record({"type": choice("home"), "blocks": anything}, _COMMON),
}


def check_view(given: Any, kind: str, refused: frozenset[str], files: frozenset[str]) -> list[str]:
    """What Slack would refuse in a view of this kind; empty when it takes it."""
    found = _SHAPES[kind](given, "/view")
    if found:
        return found
    if len(json.dumps(given, ensure_ascii=False).encode()) > most.VIEW_BYTES:
        return problem("view_too_large", "/view")
    found = check_blocks(given["blocks"], kind, refused=refused, files=files)
    return found or _input_rules(given, kind)


def _input_rules(view: Json, kind: str) -> list[str]:
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    focused = [
        one for block in every_block(view["blocks"]) for one in elements(block) if one.get("focus_on_load")
    ]
    if kind == "modal" and inputs and "submit" not in view:
        return problem("missing required field: submit", "/view")
    return problem("focus_on_load may be set once", "/view/blocks") if len(focused) > 1 else []


def new_view(workspace: Workspace, given: Json, user: str, below: View | None = None) -> View:
    """Keep a checked view, on top of `below` where it is pushed."""
    view_id = workspace.new_id("V")
    root = below.root_id if below else view_id
    kind = given["type"]
    view = View(view_id, user, kind, _kept(given), workspace.new_ts(), root, below.id if below else None)
    return workspace.put_view(view)


def updated_view(workspace: Workspace, old: View, given: Json) -> View:
    body = _kept(given)
    body["external_id"] = body["external_id"] or old.body["external_id"]
    fresh = replace(old, body=body, hash=workspace.new_ts(), errors={}, version=old.version + 1)
    return workspace.put_view(fresh)


def _kept(given: Json) -> Json:
    defaults = {"private_metadata": "", "callback_id": "", "external_id": ""}
    modal = {"clear_on_close": False, "notify_on_close": False, "close": None, "submit": None}
    more = modal if given["type"] == "modal" else {}
    return {**defaults, **more, **given, "blocks": filled_in(given["blocks"])}


def shown_view(workspace: Workspace, view: View) -> Json:
    """A view as answers and payloads carry it."""
    return {
        **view.body,
        "id": view.id,
        "team_id": TEAM,
        "state": {"values": state_values(workspace, view.blocks, view.user, view.id)},
        "hash": view.hash,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }
