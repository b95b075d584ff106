"""Commands, by talking: type a line in a room, read the reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Annotated

import pytest
from sqlalchemy import text

from bot import failpoints, logs
from bot.commands import Asker, Cog, CommandTree, Context, Example, Offer, Reply, command, hears, on_step
from bot.commands.help import completed
from bot.commands.parameters import Lines
from bot.core.hearing import Author, Commanded, Deleted, Heard, Reacted, Said
from bot.core.model import Chat, Place, Refused, Role, Series, Step, StepKind
from bot.core.tongue import speaking
from bot.core.which import Which
from bot.storage.store import Tx
from bot.web.tongues import tongue_of
from tests.support.bad_inputs import case
from tests.support.command_room import Room, StoppedClock, room

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"  # made up


class Chats(Cog):
    """Tonight's chat, as far as these tests need it: each effect is a place that one can count."""

    @command("chat plan", role=Role.HOST)
    async def plan(
        self,
        ctx: Context,
        tx: Tx,
        topic: Annotated[str, "What it is about", Example("Homework")],
        questions: Annotated[Lines, "One question a line"],
        *,
        chat: Annotated[Chat, "Which chat", Which.UNPLANNED],
    ) -> Reply:
        """Plan a chat: topic and questions.

        What stands here is for readers of the code.
        """
        await done(ctx, tx, "plan")
        if not all(questions):
            raise Refused(f"Line {questions.index('') + 1} is empty.")
        return Reply(
            f"{topic}: {len(questions)} questions for chat {chat.id}", (Offer("Start", "chat start"),)
        )

    @command("chat start", role=Role.HOST)
    async def start(self, ctx: Context, tx: Tx) -> Reply:
        """Start now."""
        await done(ctx, tx, "start")
        return Reply(f"Started by {ctx.person.name} at {ctx.now:%H:%M} as {ctx.role.name}.")

    @command("chat next", role=Role.HOST)
    async def next(
        self,
        ctx: Context,
        tx: Tx,
        *,
        chat: Annotated[Chat, "Which chat", Which.LIVE],
        after: Annotated[int | None, "The question asked last"] = None,
    ) -> Reply:
        """Ask the next question now."""
        if after is not None and after != chat.asked:
            raise Refused(f"Q{chat.asked} was asked already.")
        await done(ctx, tx, "next")
        return Reply(
            f"Q{chat.asked + 1} of chat {chat.id}", (Offer("Next", f"chat next chat={chat.id} after=3"),)
        )

    @command("chat end", role=Role.HOST, destructive=True)
    async def end(self, ctx: Context, tx: Tx) -> Reply:
        """End the chat."""
        await done(ctx, tx, "end")
        raise ValueError(f"a fault that quotes {TOKEN} and words")

    @command("answer")
    async def answer(
        self, ctx: Context, tx: Tx, number: Annotated[int, "Its number"], text: Annotated[str, "Your answer"]
    ) -> Reply:
        """Answer a question."""
        await done(ctx, tx, "answer")
        return Reply(f"{number}: {text}")

    @command("privacy show", private=True)
    async def mine(self, ctx: Context, tx: Tx) -> Reply:
        """Show what is kept of you."""
        assert ctx.private
        return Reply("Nothing.")

    @command("bot stop", role=Role.OWNER)
    async def stop(self, ctx: Context, tx: Tx) -> Reply:
        """Stop the bot."""
        return Reply("Stopped.")


async def done(ctx: Context, tx: Tx, what: str) -> None:
    await tx.add_place(ctx.place.community_id, "done", f"{what} {await effects(tx, ctx.place)}", what)


async def effects(tx: Tx, place: Place) -> int:
    places = await tx.places_of_community(place.community_id)
    return sum(one.platform == "done" for one in places)


async def count(house: Room) -> int:
    async with house.store.read() as tx:
        return await effects(tx, house.place)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path, Chats()) as opened:
        await opened.add_series("ed", "Weekly EdChat", "#edchat")
        await opened.plan("soon", "ed", days=3)
        yield opened


@pytest.fixture
def log() -> Iterator[StringIO]:
    stream = StringIO()
    logs.set_up(stream=stream)
    yield stream
    logs.set_up()


async def test_a_command_with_free_text_and_lines_below(house: Room) -> None:
    reply = await house.say("chat plan What's  next?\nOne?\nTwo?")
    assert reply.text == f"What's  next?: 2 questions for chat {house.ids['soon']}"
    assert not reply.private
    assert await count(house) == 1


async def test_who_asks_and_when_is_known(house: Room) -> None:
    assert (await house.say("Chat START")).text == "Started by Ana at 12:00 as HOST."
    assert (await house.say("chat start", Role.OWNER)).text == "Started by Ana at 12:00 as OWNER."


async def test_a_form_gives_parameters_apart(house: Room) -> None:
    reply = await house.press("chat plan", {"topic": "--chat=9"}, ["One?", "Two?"])
    assert reply.text == f"--chat=9: 2 questions for chat {house.ids['soon']}"
    assert (await house.press("answer", {"number": "2", "text": "a\nb"})).text == "2: a\nb"


async def test_a_form_is_held_to_the_same_limits(house: Room) -> None:
    assert (
        "at most 6,000 characters" in (await house.press("answer", {"number": "2", "text": "x" * 6_001})).text
    )
    assert "at most 200 lines" in (await house.press("chat plan", {"topic": "x"}, ["q"] * 201)).text
    assert "NUL" in (await house.press("answer", {"number": "2", "text": "a\0"})).text
    assert (await house.press("answer", {"number": "2", "nubmer": "3"})).text.startswith(
        'I do not know what to do with "nubmer".'
    )
    assert (await house.press("chat strat", {})).text == (
        'I know no command "chat strat". Did you mean `chat start`?'
    )
    assert await count(house) == 0


async def test_b206_6000_characters_are_taken(house: Room) -> None:
    assert case("B206").area == "commands"
    assert (await house.press("answer", {"number": "2", "text": "x" * 6_000})).text == "2: " + "x" * 6_000


async def test_b207_b216_without_the_role_nothing_happens(house: Room) -> None:
    for line in (
        "chat start",
        "chat plan",
        "chat plan x\ny",
        "chat next",
        "chat next chat=7 after=3 oops",
        "bot stop",
    ):
        reply = await house.say(line, Role.ANYONE)
        assert reply == Reply(reply.text, private=True)
        assert reply.text.startswith("Only ")
    assert (await house.say("bot stop", Role.HOST)).text == "Only whoever hosts the bot can do that."
    assert await count(house) == 0


async def test_who_lacks_the_role_learns_nothing_of_what_is_there(house: Room) -> None:
    for line in ("chat next chat=1", "chat next chat=999", "chat next chat=2026-12-24"):
        assert (await house.say(line, Role.ANYONE)).text == (
            "Only a host of this chat can do that; ask one of the moderators."
        )


async def test_a_guest_host_may_steer_that_chat_alone(house: Room) -> None:
    guest = await house.asker(who="guest")
    other = await house.plan("later", "ed", days=10)
    async with house.store.begin() as tx:
        await tx.invite(other.id, guest.person.id, StoppedClock().now())
    assert "Q1" in (await house.say(f"chat next chat={other.id}", Role.ANYONE, "guest")).text
    assert (await house.say("chat next", Role.ANYONE, "guest")).text.startswith("Only a host")
    assert (await house.say("chat start", Role.ANYONE, "guest")).text.startswith("Only a host")
    assert "It goes like this: chat next" in (await house.say("chat next oops", Role.ANYONE, "guest")).text
    assert "chat plan" in (await house.say("help", Role.ANYONE, "guest")).text


async def test_privacy_is_declared(house: Room) -> None:
    assert (await house.say("privacy show", Role.ANYONE)).private
    assert not (await house.say("answer 1 yes", Role.ANYONE)).private


async def test_an_old_button_does_no_harm(house: Room) -> None:
    live = await house.plan("live", "ed", days=0, questions=3, asked=1)
    line = f"chat next chat={live.id} after=1"
    again = CommandTree(house.store, StoppedClock(), Chats())  # a restart: a button needs no stored state
    assert (await again.answer(await house.asker(), line)).text == f"Q2 of chat {live.id}"
    assert (await house.say(f"chat next chat={live.id} after=0")).text == "Q1 was asked already."
    assert await count(house) == 1


async def test_b217_the_same_interaction_twice_is_handled_once(house: Room) -> None:
    assert case("B217").expect == "handled once"
    pressed = Commanded("press 1", Author("ana", "Ana", Role.HOST), "chat start", StoppedClock().now())
    for _ in range(2):
        async with house.store.begin() as tx:
            await tx.store_commands(house.place, [pressed, pressed], StoppedClock().now())
            rows = await tx.connection.execute(text("SELECT native_id, text FROM handled_command"))
            assert rows.all() == [(f"{house.place.native_id}:press 1", "chat start")]


async def test_the_reply_is_settled_with_the_effect(house: Room) -> None:
    seen: list[tuple[str, int]] = []

    async def settle(tx: Tx, reply: Reply) -> None:
        seen.append((reply.text[:7], await effects(tx, house.place)))

    await house.say("chat start", settle=settle)
    await house.say("chat plan Homework\nOne?\n\nThree?", settle=settle)
    await house.say("chat plaan", settle=settle)
    await house.say("chat start", Role.ANYONE, settle=settle)
    assert seen == [("Started", 1), ("Line 2 ", 1), ("I know ", 1), ("Only a ", 1)]


async def test_a_refusal_rolls_back_and_is_private(house: Room) -> None:
    assert await house.say("chat plan Homework\nOne?\n\nThree?") == Reply("Line 2 is empty.", private=True)
    assert await count(house) == 0


async def test_a_fault_is_rolled_back_answered_and_logged_once_without_words(
    house: Room, log: StringIO
) -> None:
    settled: list[Reply] = []

    async def settle(_tx: Tx, reply: Reply) -> None:
        settled.append(reply)

    reply = await house.say("chat end", settle=settle)
    assert reply == Reply(
        "Something went wrong, and nothing was changed; please try again in a moment.", (), True
    )
    assert settled == [reply]
    assert await count(house) == 0
    said = log.getvalue()
    assert said.count("command failed") == 1
    assert "command=chat end" in said.replace("'", "")
    assert "ValueError" in said
    assert TOKEN not in said


async def test_b226_a_token_is_neither_repeated_nor_logged(house: Room, log: StringIO) -> None:
    assert "never echoed" in case("B226").expect
    for line in (
        f"{TOKEN}",
        f"chat {TOKEN}",
        f"chat start {TOKEN}",
        f"chat next chat={TOKEN}",
        f"chat next {TOKEN}=3",
        f"chat next --{TOKEN} 3",
        f"answer {TOKEN} yes",
        f"help {TOKEN}",
        f'chat "{TOKEN}"',
    ):
        reply = await house.say(line)
        assert reply.private
        assert TOKEN[:20] not in reply.text
        assert TOKEN[:20].casefold() not in reply.text
    assert TOKEN[:20] not in log.getvalue()


async def test_b225_an_unknown_command_asks_what_was_meant(house: Room) -> None:
    typed = case("B225").input
    assert "statr" in typed
    assert await house.say("chat statr") == Reply(
        'I know no command "chat statr". Did you mean `chat start`?', private=True
    )
    assert "Did you mean `chat start`?" in (await house.say("statr")).text
    assert "Did you mean `answer`?" in (await house.say("anwser 2 Because")).text
    assert "Did you mean `chat next`?" in (await house.say("next")).text
    assert (await house.say("chat xyzzy")).text == (
        'I know no command "chat xyzzy". Did you mean `chat plan`, `chat start`, `chat next` or `chat end`?'
    )
    assert (await house.say("xyzzy")).text == 'I know no command "xyzzy"; `help` shows what you can do.'


async def test_what_nobody_knows_is_told_in_english_which_whoever_asked_may_hear_in_their_language(
    house: Room,
) -> None:
    asker = await house.asker()
    with speaking(tongue_of("de")):
        for reply in (await house.tree.answer(asker, "xyzzy"), await house.tree.run(asker, "xyzzy", {})):
            assert reply.text == 'I know no command "xyzzy"; `help` shows what you can do.'
            said = reply.here()
            assert (said.text[:32], said.language) == ('Einen Befehl "xyzzy" kenne ich n', "de")


async def test_extra_words_show_how_it_goes(house: Room) -> None:
    assert (await house.say("chat next now")).text == (
        'I do not know what to do with "now".\n'
        "It goes like this: chat next [chat=...] [after=...]\n"
        "For example: chat next"
    )
    assert "one line only" in (await house.say("chat start\nplease")).text


async def test_what_is_missing_is_asked_for(house: Room) -> None:
    assert (await house.say("chat plan")).text == (
        "I still need topic: What it is about.\n"
        "It goes like this: chat plan topic (lines below: questions) [chat=...]\n"
        "For example: chat plan Homework\nWhat worked?\nWhat did not?"
    )
    assert (
        "I still need questions: write one a line below the command." in (await house.say("chat plan x")).text
    )


async def test_a_group_alone_lists_its_commands(house: Room) -> None:
    assert (await house.say("chat")).text == (
        "chat plan topic (lines below: questions) [chat=...] - Plan a chat: topic and questions.\n"
        "chat start - Start now.\n"
        "chat next [chat=...] [after=...] - Ask the next question now.\n"
        "chat end - End the chat."
    )


async def test_help_shows_what_this_person_may_do(house: Room) -> None:
    assert (await house.say("help", Role.ANYONE)).text == (
        "What you can do here; `help chat plan` tells more about one of them.\n"
        "answer number text - Answer a question.\n"
        "privacy show - Show what is kept of you.\n"
        "help [about] - Show what you can do here."
    )
    assert (await house.say("", Role.ANYONE)).text.startswith("What you can do here")
    assert "bot stop" not in (await house.say("help", Role.HOST)).text
    assert "bot stop" in (await house.say("help", Role.OWNER)).text
    hidden = await house.say("help chat plan", Role.ANYONE)
    assert hidden.text == 'I know no command "chat plan"; `help` shows what you can do.'


async def test_the_bots_own_name_alone_is_like_its_call_alone(house: Room) -> None:
    bare = (await house.say("")).text
    assert bare.startswith("What you can do here")
    for line in ("edchat", " EdChat "):
        assert (await house.say(line)).text == bare
    assert 'no command "edchat"' in (await house.say("edchat end")).text


async def test_help_on_one_command_is_a_page(house: Room) -> None:
    assert (await house.say("help chat plan")).text == (
        "chat plan topic (lines below: questions) [chat=...]\n"
        "Plan a chat: topic and questions.\n"
        "topic: What it is about\n"
        "questions: One question a line\n"
        "chat: Which chat (if you like)\n"
        "For example: chat plan Homework\nWhat worked?\nWhat did not?\n"
        "This is for hosts."
    )
    assert (await house.say("help Chat  END")).text.endswith("This is for hosts.\nThis cannot be undone.")
    assert "Did you mean `chat plan`?" in (await house.say("help chat plam")).text


async def test_every_example_in_help_is_understood(house: Room) -> None:
    for one in house.tree.commands:
        page = (await house.say(f"help {one.path}", Role.OWNER)).text
        line = page.partition("For example: ")[2].partition("\nThis ")[0]
        assert line.startswith(one.path)
        if one.path != "chat end":
            assert "goes like this" not in (await house.say(line, Role.OWNER)).text


async def test_offers_are_lines_that_work(house: Room) -> None:
    await house.plan("live", "ed", days=0, questions=3, asked=1)
    offers = [offer for line in ("chat plan x\ny", "chat next") for offer in (await house.say(line)).offers]
    assert offers
    for offer in offers:
        house.tree.check(offer)


@pytest.mark.parametrize(
    "line", ["chat nxet", "chat next oops", "answer 3", "answer 3 " + "x" * 90, "chat start\nnow", "a\0b"]
)
async def test_an_offer_that_would_not_work_is_found(house: Room, line: str) -> None:
    with pytest.raises(ValueError, match=r"'|characters"):
        house.tree.check(Offer("Do it", line))


async def test_a_form_s_offer_may_lack_what_the_form_asks_for_and_nothing_else(house: Room) -> None:
    house.tree.check(Offer("Answer", "answer 3", form=True))
    for line in ("chat nxet", "chat next oops", "answer 3 " + "x" * 90):
        with pytest.raises(ValueError, match=r"'|characters"):
            house.tree.check(Offer("Do it", line, form=True))


async def test_a_form_begins_with_what_its_line_gives(house: Room) -> None:
    form = await house.tree.form(await house.asker(), "answer 3")
    assert (form.command.path, form.given) == ("answer", {"number": "3"})
    for power, line in ((Role.ANYONE, "chat start"), (Role.HOST, "chat nxet"), (Role.HOST, "answer x")):
        with pytest.raises(Refused):
            await house.tree.form(await house.asker(power), line)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("answer", "answer number text"),
        ("answer 3", "answer 3 text"),
        ("chat plan", "chat plan topic (lines below: questions)"),
        ("chat plan Homework", "chat plan Homework (lines below: questions)"),
        ("chat next", "chat next [after=...]"),
        ("chat start", "chat start"),
        ("xyzzy", "xyzzy"),
        ("chat next oops", "chat next oops"),
        ("answer \0", "answer \0"),
    ],
)
async def test_where_there_are_no_forms_a_line_shows_what_it_asks_for(
    house: Room, line: str, shown: str
) -> None:
    assert completed(line, house.tree.commands) == shown


async def test_the_card_is_the_command_without_a_name(tmp_path: Path) -> None:
    class Card(Cog):
        @command("")
        async def card(self, ctx: Context, tx: Tx) -> Reply:
            """Show what you can do here, now."""
            return Reply(f"You are in {ctx.place.name}.")

    async with room(tmp_path, Card()) as house:
        assert (await house.say("")).text == "You are in edchat."
        assert (await house.say("  ")).text == "You are in edchat."
        assert "[about]" in (await house.say("help")).text


def test_two_commands_of_one_name_are_a_fault() -> None:
    class Twice(Cog):
        @command("help")
        async def other(self, ctx: Context, tx: Tx) -> Reply:
            """Help otherwise."""
            return Reply("")

    with pytest.raises(ValueError, match="two commands are called 'help'"):
        CommandTree(None, StoppedClock(), Twice())  # type: ignore[arg-type] # it fails before it stores


async def test_what_cogs_hear_and_step_on_is_collected(house: Room) -> None:
    class Ears(Cog):
        @hears(Said, Reacted)
        async def heard(
            self, tx: Tx, place: Place, heard: Heard, message_id: int | None, now: datetime
        ) -> None:
            """Take it in."""

        @on_step(StepKind.OPEN)
        async def opened(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
            """Welcome everybody."""

    ears = Ears()
    tree = CommandTree(house.store, StoppedClock(), Chats(), ears)
    assert tree.hearers(Said) == tree.hearers(Reacted) == (ears.heard,)
    assert tree.hearers(Deleted) == ()
    assert tree.steppers(StepKind.OPEN) == (ears.opened,)
    assert tree.steppers(StepKind.ASK) == ()


async def test_failpoints_stand_before_and_after_the_commit(house: Room) -> None:
    passed: list[str] = []
    failpoints.arm(passed.append)
    try:
        await house.say("chat start")
    finally:
        failpoints.arm(None)
    assert passed == ["command.before_commit", "command.committed"]


async def test_b211_a_value_typed_by_hand_is_looked_up_not_trusted(tmp_path: Path) -> None:
    assert "resolve by name" in case("B211").expect

    class Shows(Cog):
        @command("series show", role=Role.HOST)
        async def show(self, ctx: Context, tx: Tx, series: Annotated[Series, "Which weekly chat"]) -> Reply:
            """Show a weekly chat."""
            return Reply(series.title)

    async with room(tmp_path, Shows()) as house:
        await house.add_series("ed", "Weekly EdChat", "#edchat")
        await house.add_series("math", "Maths Chat", "#mathchat")
        async with house.store.begin() as tx:
            other = await tx.add_community("Elsewhere", "Europe/Berlin")
            theirs = await tx.add_place(other.id, "terminal", "9", "edchat")
        await house.add_series("theirs", "Their Chat", "#their", theirs)
        asker = await house.asker()
        assert await house.tree.suggest(asker, "series show", "series", "") == ("Maths Chat", "Weekly EdChat")
        anybody = Asker(asker.person, asker.place, Role.ANYONE)
        assert await house.tree.suggest(anybody, "series show", "series", "") == ()
        assert (await house.say("series show weekly edchat")).text == "Weekly EdChat"
        assert (await house.say(f"series show {house.ids['theirs']}")).text.startswith(
            "series: There is no weekly"
        )
