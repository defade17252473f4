"""Texts are drawn as Slack reads them, whatever a name from outside looks like."""

from typing import Any

import pytest

from tests.browser.screens import Screen
from tests.browser.stage import message, plain, section

pytestmark = pytest.mark.asyncio(loop_scope="session")

# How the page's words are told here: **bold**, //italic//, --struck--, `code`, [link](where), {mention}.
_TELL = """root => {
  const MENTIONS = ["slack_user", "slack_channel", "slack_user_group", "slack_broadcast"];
  const tell = node => {
    if (node.nodeType === 3) return node.data;
    const inside = [...node.childNodes].map(tell).join("");
    const has = name => node.classList.contains(name);
    if (node.tagName === "A") return `[${inside}](${node.getAttribute("href")})`;
    if (node.tagName === "PRE") return "```" + inside + "```";
    if (node.tagName === "BLOCKQUOTE") return `>${inside}<`;
    if (MENTIONS.some(has)) return `{${inside}}`;
    let told = inside;
    if (has("slack_inline_code")) told = "`" + told + "`";
    if (has("line-through")) told = `--${told}--`;
    if (has("italic")) told = `//${told}//`;
    if (node.tagName === "SPAN" && has("font-semibold")) told = `**${told}**`;
    return told;
  };
  return tell(root);
}"""


async def _told(screen: Screen, messages: list[dict[str, Any]], each: str = ".blocks > *") -> list[str]:
    """What is drawn of a message's blocks, one by one."""
    await screen.show(messages)
    await screen.page.locator(each).first.wait_for()
    return [await one.evaluate(_TELL) for one in await screen.page.locator(each).all()]


async def _texts(screen: Screen, texts: list[str], kind: str, **more: Any) -> list[str]:
    blocks = [{"type": "section", "text": {"type": kind, "text": text, **more}} for text in texts]
    return await _told(screen, [message("1", blocks)])


MRKDWN = [
    ("a *bold* b", "a **bold** b"),
    ("_it_ and ~gone~", "//it// and --gone--"),
    ("*_both_*", "**//both//**"),
    ("2*3*4 a_b_c", "2*3*4 a_b_c"),
    ("* a* and *b *", "* a* and *b *"),
    ("*a\nb*", "*a\nb*"),
    ("🔴 *failed* · x", "🔴 **failed** · x"),
    ("`*a* _x_`", "`*a* _x_`"),
    ("`a` `b`", "`a` `b`"),
    ("a ` b", "a ` b"),
    ("```x *y*\n  z```", "```x *y*\n  z```"),
    ("before\n```x```\nafter", "before```x```after"),
    ("&gt; quoted\nnot", ">quoted<not"),
    ("&lt;!channel&gt; &lt;@U0ANA&gt;", "<!channel> <@U0ANA>"),
    ("<!channel> <!here>", "{@channel} {@here}"),
    ("<@U0ANA> <@U0GONE|old> <@U0GONE>", "{@ana} @old @U0GONE"),
    ("<#C0SALES|sales> <#C0GONE|gone>", "{#sales} #gone"),
    ("<!subteam^S0DATA|@data-team>", "{@data-team}"),
    ("<https://a.example/?x=1&amp;y=2|a | b>", "[a | b](https://a.example/?x=1&y=2)"),
    ("`<https://a.example|*name*>`", "[*name*](https://a.example)"),
    ("&amp;amp; &amp;lt;", "&amp; &lt;"),
    ("`&amp; &lt;b&gt;`", "`& <b>`"),
    ("<!date^1795551584^{date_num} {time}|then>", "2026-11-24 21:19"),
    ("<!date^x^{date_num}|then>", "then"),
    (":tada: :no_such_thing: 10:30:00", "🎉 :no_such_thing: 10:30:00"),
    ("a | b\n\nc", "a | b\n\nc"),
]


async def test_mrkdwn_is_read_as_slack_reads_it(screen: Screen) -> None:
    shown = await _texts(screen, [text for text, _ in MRKDWN], "mrkdwn", verbatim=True)
    assert shown == [told for _, told in MRKDWN]


async def test_bare_addresses_become_links_unless_verbatim(screen: Screen) -> None:
    text = "see https://a.example/x?y=1&amp;z=2, then"
    blocks = [section(text), {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}]
    assert await _told(screen, [message("1", blocks)]) == [
        "see [https://a.example/x?y=1&z=2](https://a.example/x?y=1&z=2), then",
        "see https://a.example/x?y=1&z=2, then",
    ]


NASTY = ["*a*", "_x_", "`q`", "~s~", "| a | b |", "# head", "1. one", "> q", "two\nlines", "**b**", "[l](u)"]
ESCAPES = ["<!channel>", "&lt;!channel&gt;", "<@U0ANA>", "&lt;b&gt;", "&amp;", ":tada:"]


async def test_a_table_shows_raw_cells_as_they_are(screen: Screen) -> None:
    rows = [[{"type": "raw_text", "text": name}] for name in [*NASTY, *ESCAPES]]
    assert await _told(screen, [message("1", [{"type": "table", "rows": rows}])], "td") == [*NASTY, *ESCAPES]


async def test_plain_text_is_never_formatted(screen: Screen) -> None:
    assert await _texts(screen, NASTY, "plain_text") == NASTY


async def test_plain_text_decodes_its_three_escapes_alone(screen: Screen) -> None:
    assert await _texts(screen, ["&lt;!channel&gt; &amp; co"], "plain_text") == ["<!channel> & co"]


async def test_emoji_names_in_plain_text_stay_where_emoji_is_false(screen: Screen) -> None:
    texts = [{"type": "plain_text", "text": ":tada:", "emoji": emoji} for emoji in (True, False)]
    blocks = [{"type": "section", "text": text} for text in texts]
    assert await _told(screen, [message("1", blocks)]) == ["🎉", ":tada:"]


async def test_a_header_a_button_and_a_choice_are_plain(screen: Screen) -> None:
    choice = {"text": plain("*c* &lt;d&gt;"), "value": "c"}
    elements = [
        {"type": "button", "action_id": "a", "text": plain("*a* &amp; `b`")},
        {"type": "static_select", "action_id": "s", "options": [choice], "initial_option": choice},
    ]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("*H* &lt;!here&gt;")},
        {"type": "actions", "elements": elements},
    ]
    await screen.show([message("1", blocks)])
    await screen.page.get_by_role("heading", name="*H* <!here>").wait_for()
    await screen.page.get_by_role("button", name="*a* & `b`").wait_for()
    assert await screen.page.get_by_role("article").get_by_role("combobox").inner_text() == "*c* <d>"


async def test_a_message_of_text_alone_is_read_as_mrkdwn(screen: Screen) -> None:
    old = message("1", text="an *old* message &lt;!channel&gt;")
    assert await _told(screen, [old], ".content") == ["an **old** message <!channel>"]


async def test_rich_text_is_drawn_literally(screen: Screen) -> None:
    words = [
        {"type": "text", "text": "*a* <!channel> &amp;"},
        {"type": "text", "text": "b", "style": {"bold": True}},
        {"type": "user", "user_id": "U0ANA"},
        {"type": "date", "timestamp": 1795551584, "format": "{time}", "fallback": "then"},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": words}]}
    assert await _told(screen, [message("1", [block])]) == ["*a* <!channel> &amp;**b**{@ana}21:19"]


async def test_times_stand_in_the_zone_of_who_looks(screen: Screen) -> None:
    await screen.show([message("0", [section("x")])])
    assert "21:19" in await screen.page.get_by_role("article").inner_text()
    await screen.page.get_by_role("combobox", name="You are").click()
    await screen.page.get_by_role("option", name="Kenji").click()
    await screen.page.get_by_text("05:19").first.wait_for()
