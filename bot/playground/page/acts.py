"""What a person does on the page, carried out by the local Slack: an act in, what came of it out."""

from collections.abc import Mapping
from typing import Any

from bot.playground.page.panel import Panel
from bot.playground.slack import CannotDo, Delivery, LocalSlack, Message, View
from bot.playground.slack.elements import all_options
from bot.playground.slack.errors import CannotSubmit
from bot.playground.slack.inputs import Name

Json = dict[str, Any]
MOST_MINUTES = 60 * 24 * 7


class Acts:
    """One person's hands. Every act gives the `done` frame's own part: `ok`, and `error` as a sentence."""

    def __init__(self, slack: LocalSlack, panel: Panel) -> None:
        self._slack, self._panel = slack, panel

    async def carry_out(self, user: str, act: Json) -> Json:
        """Never raises for what a person or the page does wrong."""
        try:
            return {"ok": True, **await self._do(user, act)}
        except CannotSubmit as error:
            return {"ok": False, "error": sentence(str(error)), "errors": _sentences(error.errors)}
        except CannotDo as error:
            return {"ok": False, "error": sentence(str(error))}
        except (KeyError, TypeError, ValueError):
            return {"ok": False, "error": "The page asked for something that cannot be done."}

    async def _do(self, user: str, act: Json) -> Json:
        match act["act"]:
            case "send":
                await self._send(user, act)
            case "press":
                where = self._surface(user, act["surface"])
                await self._slack.press(user, where, action_id=act["action_id"], block_id=act["block_id"])
            case "choose":
                await self._choose(user, act)
            case "suggest":
                return await self._suggest(user, act)
            case "submit":
                return await self._submit(user, act)
            case "close":
                await self._slack.close_dialog(self._view(user, act["view"]))
            case "home":
                await self._slack.open_home(user)
            case "panel":
                self._panel.press(str(act["do"]), _minutes(act.get("minutes")))
            case _:
                raise ValueError(act["act"])
        return {}

    async def _send(self, user: str, act: Json) -> None:
        text, channel, thread = str(act["text"]).strip(), str(act["channel"]), act.get("thread_ts")
        if not text:
            raise CannotDo("there is nothing to send")
        if not text.startswith("/"):
            await self._slack.say(user, channel, text, thread_ts=thread)
        elif thread:
            raise CannotDo(f"{text.split()[0]} is not supported in threads")
        else:
            await self._slack.command(user, channel, text)

    async def _choose(self, user: str, act: Json) -> None:
        where, value = self._surface(user, act["surface"]), _given(act["value"])
        action, block = str(act["action_id"]), str(act["block_id"])
        await self._slack.choose(user, where, action, value, block_id=block)

    async def _suggest(self, user: str, act: Json) -> Json:
        where = self._surface(user, act["surface"])
        delivery = await self._slack.suggest(
            user, where, str(act["action_id"]), str(act["text"]), block_id=str(act["block_id"])
        )
        if not delivery.ok:
            raise CannotDo("the options could not be loaded")
        answer = delivery.answer if isinstance(delivery.answer, dict) else {}
        return {"options": all_options(answer)}

    async def _submit(self, user: str, act: Json) -> Json:
        view = self._view(user, act["view"])
        values: dict[Name, Any] = {
            (block, action): _given(value)
            for block, actions in act.get("values", {}).items()
            for action, value in actions.items()
        }
        delivery: Delivery = await self._slack.submit(view, values)
        still = self._slack.workspace.views.get(view.id)
        if delivery.ok and still is not None and still.errors:
            return {"ok": False, "error": "Some of it cannot be taken.", "errors": dict(still.errors)}
        return {}

    def _surface(self, user: str, given: Json) -> Message | View:
        match given["kind"]:
            case "message":
                found = self._slack.workspace.messages.get((given["channel"], given["ts"]))
                if found is None:
                    raise CannotDo("that message is gone")
                return found
            case "view":
                return self._view(user, given["id"])
            case "home":
                home = self._slack.home(user)
                if home is None:
                    raise CannotDo("the Home tab is empty")
                return home
            case _:
                raise ValueError(given["kind"])

    def _view(self, user: str, view: str) -> View:
        found = self._slack.workspace.views.get(view)
        if found is None or found.user != user:
            raise CannotDo("that dialog is not open")
        return found


def sentence(words: str) -> str:
    """`ana is not in sales` as a person reads it: `Ana is not in sales.`"""
    ended = words if words.endswith((".", "!", "?")) else f"{words}."
    return ended[:1].upper() + ended[1:]


def _sentences(errors: Mapping[str, str]) -> Json:
    return {block: sentence(words) for block, words in errors.items()}


def _given(value: Any) -> Any:
    """A value as the local Slack takes it: whole options (of external menus) in Slack's form, "" as none."""
    if isinstance(value, list):
        return [_given(one) for one in value]
    if isinstance(value, dict):
        text = value["text"]["text"] if isinstance(value["text"], dict) else value["text"]
        return {"text": {"type": "plain_text", "text": str(text)}, "value": str(value["value"])}
    return None if value == "" else value


def _minutes(given: Any) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given <= MOST_MINUTES:
        raise CannotDo("the clock goes forward only, a week at a time at most")
    return given
