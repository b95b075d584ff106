"""A moderator's first ten minutes on Discord, her actions counted, and a participant's evening by lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.discord_recording import BETTER, QUESTIONS, Recording, Scene, page, recorded

pytestmark = pytest.mark.slow
ACTIONS = 8
PAGE = Path(__file__).parents[3] / "docs" / "discord-first-chat.md"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def evening(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, Recording]:
    return await recorded(tmp_path_factory.mktemp("evening"))


@pytest.fixture
def maya(evening: tuple[Recording, Recording]) -> list[Scene]:
    return evening[0].scenes


@pytest.fixture
def ana(evening: tuple[Recording, Recording]) -> list[Scene]:
    return evening[1].scenes


def acts(scene: Scene) -> list[str]:
    """Give what somebody presses, types or sends in a scene."""
    return [line.partition(" ")[2].partition(" ")[2] for line in scene.lines if line.startswith("> ")]


def test_a_moderator_gets_from_the_invitation_to_the_announcement_in_eight_actions(maya: list[Scene]) -> None:
    assert [acts(scene) for scene in maya[:ACTIONS]] == [
        [],  # the invitation is Discord's own page
        ["types /edchat", "presses Set up"],
        [
            "sends the form",
            "the channel's settings Maya allows the bot to pin messages",
            "presses Weekly chat",
        ],
        ["sends the form"],
        ["presses Yes, go on"],
        ["sends the form"],
        ["presses Rehearse"],
        ["presses Announce"],
    ]
    assert "Announced in edchat. To share:" in maya[ACTIONS - 1].text
    assert len(maya) == ACTIONS + 1


def test_the_bot_greets_and_says_what_is_missing_and_how_to_give_it(maya: list[Scene]) -> None:
    assert "EdChat: Hello. `/edchat` is all you need." in maya[0].text
    assert "Ready: chats are held in edchat." in maya[2].text
    assert re.search(r"Pin Messages is missing in #edchat, .*: open the channel's settings", maya[2].text)


def test_she_sees_four_dates_and_the_run_sheet_before_anybody_else_does(maya: list[Scene]) -> None:
    dates = re.findall(r"\w+ \d+ \w+ 2026, 8:00 pm ET", maya[3].text.partition("Next: ")[2])
    assert [date[:10].strip() for date in dates] == ["Tue 24 Nov", "Tue 1 Dec", "Tue 8 Dec", "Tue 15 Dec"]
    sheet = maya[5].text
    assert f"8:06 pm ET Q1: {QUESTIONS[0]}" in sheet
    assert "8:54 pm ET wrap-up" in sheet
    assert all(f"[Edit Q{number}]" in sheet for number in range(1, 7))


def test_the_rehearsal_is_seen_in_the_hosts_thread_alone(maya: list[Scene]) -> None:
    posts = [line for line in maya[6].lines if re.match(r"[\[#].* EdChat: ", line)]
    assert [line for line in posts if "Q6: " in line]
    assert all(line.startswith("[thread EdChat hosts]") for line in posts)


def test_the_announcement_stands_with_its_button_and_a_question_is_edited_in_its_own_words(
    maya: list[Scene],
) -> None:
    assert "[Remind me]" in maya[7].text
    assert f"The question: {QUESTIONS[3]}" in maya[8].text
    assert f"Now it reads Q4: {BETTER}" in maya[8].text


def test_on_the_night_she_presses_nothing_and_all_is_asked(
    evening: tuple[Recording, Recording],
) -> None:
    here = evening[0].here
    asked = [one.content.splitlines()[0] for one in here.standing() if re.match(r"Q\d: ", one.content)]
    assert asked == [f"Q{n}: {text}" for n, text in enumerate([*QUESTIONS[:3], BETTER, *QUESTIONS[4:]], 1)]
    heads = [f"24 Nov Q{number} {text}"[:20] for number, text in enumerate(QUESTIONS, 1)]
    assert [one.name[:20] for one in here.threads()] == heads


def test_a_participant_reads_what_is_on_and_catches_up(ana: list[Scene]) -> None:
    assert f"#edchat EdChat: Q2: {QUESTIONS[1]}" in ana[0].text
    assert "Next question in 4 minutes" in ana[0].text
    assert "[Answer]  [Catch up]  [Who reads this?]" in ana[0].text
    assert "4 minutes left." in ana[1].text
    assert f"Q1: {QUESTIONS[0]}" in ana[1].text


def test_she_answers_by_the_button_and_files_her_talk_by_a_digit(ana: list[Scene]) -> None:
    assert acts(ana[2]) == ["presses Answer", "sends the form"]
    assert "(only Ana sees) EdChat: Filed under Q2." in ana[2].text
    copies = [line for line in ana[3].lines if line.startswith("[thread ") and "**Ana:**" in line]
    assert [line.partition("**Ana:** ")[2] for line in copies] == [
        "Those who could start it in class.",
        "I agree with Dana",
    ]


def test_the_next_question_reaches_her_in_her_thread_and_an_early_one_is_answered_late(
    ana: list[Scene],
) -> None:
    assert re.search(r"\[thread .*Q2.*\] EdChat: Q3 is out: ", ana[4].text)
    assert "(a link to it)" in ana[4].text
    assert re.search(r"\[thread .*Q1.*\] EdChat: \*\*Ana:\*\* A1: They measured", ana[5].text)


def test_she_sees_what_is_kept_and_takes_another_name(ana: list[Scene]) -> None:
    assert "3 messages in 1 chat, 3 answers among them." in ana[6].text
    assert "Whoever has the link can read your answers afterwards." in ana[6].text
    assert "Readers see you as Reader 12." in ana[6].text
    assert "[Leave me out]  [Forget me]" in ana[6].text


def test_at_nine_she_gets_the_archive_and_is_reminded_next_week(ana: list[Scene]) -> None:
    assert "Read it all again: https://edchat.example/l/" in ana[7].text
    assert "[Open the archive]  [Remind me next time]" in ana[7].text
    assert "I will remind you ten minutes before Tuesday EdChat, Tue 1 Dec 2026, 8:00 pm ET." in ana[7].text


def test_the_page_in_the_docs_is_what_is_recorded_today(evening: tuple[Recording, Recording]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(*evening), "write it anew: python -m tools.first_chat"
