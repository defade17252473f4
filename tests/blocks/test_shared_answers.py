"""Answers that any command gives, and how a terminal shows them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.blocks import answers
from bot.blocks.answers import Chapter, Example, Suggestion
from bot.blocks.footer import Freshness
from bot.blocks.message import Message
from bot.blocks.terminal import rendered
from bot.core.coverage import Coverage

NOW = datetime(2026, 11, 24, 13, 2, 35, tzinfo=UTC)
FRESH = Freshness(Coverage(NOW - timedelta(seconds=4), feed="sessions"), NOW, ZoneInfo("Asia/Tokyo"), "jp01")


def test_a_typo_is_named_with_the_nearest_word_and_a_button_that_asks_it() -> None:
    message = answers.suggestions(
        "I don't know `faled`. Did you mean `failed`?", [Suggestion("failed", "sessions failed 7d")]
    )
    assert message.text == "I don't know `faled`. Did you mean `failed`?"
    (button,) = message.blocks[1]["elements"]
    assert (button["text"]["text"], button["value"]) == ("failed", "sessions failed 7d")
    assert rendered(message) == "I don't know `faled`. Did you mean `failed`?\n[failed]"


def test_a_suggestion_too_long_to_press_is_still_named() -> None:
    message = answers.suggestions("Did you mean `failed`?", [Suggestion("failed", None)])
    assert "`failed`" in message.text
    assert len(message.blocks) == 1


def test_a_sentence_about_a_name_pings_nobody() -> None:
    message = answers.suggestions("I know no project named `<!channel>`.", [])
    assert "<!channel>" not in message.text + str(message.blocks)


def test_trouble_claims_nothing_about_failures() -> None:
    message = answers.trouble("The API refused the key (401): check `TD_API_KEY`.")
    assert message.text == (
        "I could not ask the account, so I cannot say what failed and what did not. "
        "The API refused the key (401): check `TD_API_KEY`."
    )
    assert "no fail" not in rendered(message).lower()


def test_the_note_beside_a_file_says_what_the_file_cannot() -> None:
    message = answers.file_note(
        "7 failed sessions · last 24 h", "failed.csv", FRESH, ["1 row was set aside."]
    )
    assert message.text.split("\n")[:3] == [
        "7 failed sessions · last 24 h",
        "Each row is in `failed.csv`.",
        "1 row was set aside.",
    ]
    assert "later retries of older sessions may be missed" in message.text


def test_help_shows_usage_and_examples() -> None:
    chapter = Chapter("Status", (Example("/sessions failed", "those that failed"),))
    message = answers.help_message("/sessions", "List and search.", "/sessions [words]", [chapter])
    assert (
        message.text
        == "/sessions\nList and search.\n`/sessions [words]`\n*Status*\n`/sessions failed`  those that failed"
    )
    assert "Status\n`/sessions failed`  those that failed" in rendered(message)


def test_a_terminal_shows_what_a_reader_of_slack_would_see() -> None:
    blocks = (
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*bold* <https://x.test|a &lt; b> `*code*` load*"},
        },
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "```R&amp;D\n*raw*```"}]},
    )
    assert rendered(Message("", blocks)) == "bold a < b `*code*` load*\n\nR&D\n*raw*"


def test_a_message_without_blocks_is_its_text() -> None:
    assert rendered(Message("R&amp;D \x1b[31m")) == "R&D  [31m"
