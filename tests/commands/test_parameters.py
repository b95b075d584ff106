"""The closed set of parameter types, by typing them and reading what came of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import pytest

from bot.commands import Between, Cog, Context, Example, Reply, command
from bot.commands.parameters import File, Lines, Minutes, When
from bot.core.hearing import Author
from bot.core.model import Chat, Person, Place, Question, Role, Series
from bot.core.times.zones import Zone
from bot.core.which import Which
from bot.storage.store import Tx
from tests.support.bad_inputs import case
from tests.support.command_room import NOW, Room, room


class Colour(StrEnum):
    """What enums are tried with."""

    RED = "red"
    DARK_BLUE = "dark-blue"


async def words(_ctx: Context, _tx: Tx, typed: str) -> tuple[str, ...]:
    """Suggest two numbers in words, then what was typed."""
    return ("seven", "eight", typed)


class Kinds(Cog):
    """A command for every type: each says back what it was given."""

    @command("text")
    async def text(self, ctx: Context, tx: Tx, it: Annotated[str | None, "Words"] = None) -> Reply:
        """Take text."""
        return back(it)

    @command("number")
    async def number(
        self, ctx: Context, tx: Tx, it: Annotated[int, "A number", Between(1, 20), Example("8"), words] = 5
    ) -> Reply:
        """Take a number."""
        return back(it)

    @command("flag")
    async def flag(self, ctx: Context, tx: Tx, *, it: Annotated[bool, "Whether"] = False) -> Reply:
        """Take yes or no."""
        return back(it)

    @command("colour")
    async def colour(self, ctx: Context, tx: Tx, it: Annotated[Colour, "A colour"]) -> Reply:
        """Take a choice."""
        return back(it)

    @command("role")
    async def role(self, ctx: Context, tx: Tx, it: Annotated[Role, "A role"]) -> Reply:
        """Take a role."""
        return back(it)

    @command("lines")
    async def lines(self, ctx: Context, tx: Tx, it: Annotated[Lines | None, "Lines"] = None) -> Reply:
        """Take lines."""
        return back(it)

    @command("file")
    async def file(self, ctx: Context, tx: Tx, it: Annotated[File, "A file"]) -> Reply:
        """Take a file's text."""
        return back(it)

    @command("when")
    async def when(self, ctx: Context, tx: Tx, it: Annotated[When, "A moment"]) -> Reply:
        """Take a moment."""
        return back(it)

    @command("move")
    async def move(
        self,
        ctx: Context,
        tx: Tx,
        it: Annotated[When, "A moment"],
        *,
        chat: Annotated[Chat, "Which", Which.AHEAD],
    ) -> Reply:
        """Take a moment in a chat's zone."""
        return back(it)

    @command("minutes")
    async def minutes(
        self, ctx: Context, tx: Tx, it: Annotated[Minutes, "How long", Between(1, 30)]
    ) -> Reply:
        """Take a duration."""
        return back(it)

    @command("zone")
    async def zone(self, ctx: Context, tx: Tx, it: Annotated[Zone, "A zone"]) -> Reply:
        """Take a zone."""
        return back(it.name)

    @command("person")
    async def person(self, ctx: Context, tx: Tx, it: Annotated[Person, "Who"]) -> Reply:
        """Take a person."""
        return back(it.native_id)

    @command("place")
    async def place(self, ctx: Context, tx: Tx, it: Annotated[Place, "Where"]) -> Reply:
        """Take a place."""
        return back(it.native_id)

    @command("series")
    async def series(self, ctx: Context, tx: Tx, it: Annotated[Series, "Which weekly chat"]) -> Reply:
        """Take a weekly chat."""
        return back(it.title)

    @command("unplanned")
    async def unplanned(self, ctx: Context, tx: Tx, it: Annotated[Chat, "Which", Which.UNPLANNED]) -> Reply:
        """Take a chat to plan."""
        return back(it.id)

    @command("recent")
    async def recent(self, ctx: Context, tx: Tx, it: Annotated[Chat, "Which", Which.RECENT]) -> Reply:
        """Take a chat to answer in."""
        return back(it.id)

    @command("any")
    async def any_chat(
        self, ctx: Context, tx: Tx, *, it: Annotated[Chat | None, "Which", Which.LIVE] = None
    ) -> Reply:
        """Take a chat if there is one."""
        return back(it and it.id)

    @command("named")
    async def named(self, ctx: Context, tx: Tx, it: Annotated[Chat, "Which"]) -> Reply:
        """Take a chat that must be named."""
        return back(it.id)

    @command("question")
    async def question(
        self,
        ctx: Context,
        tx: Tx,
        it: Annotated[Question, "Which question"],
        *,
        chat: Annotated[Chat, "Which chat", Which.LIVE],
    ) -> Reply:
        """Take a question."""
        return back(f"{it.position} of {chat.id}")


def back(value: object) -> Reply:
    return Reply(repr(value))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path, Kinds()) as opened:
        yield opened


VALUES: Final[dict[str, Any]] = {
    "text": None,
    "text What's up": "What's up",
    "text it=": "",
    "number": 5,
    "number 8": 8,
    "number ８": 8,
    "number it=+8": 8,
    "flag": False,
    "flag --it": True,
    "flag it=Off": False,
    "flag it=y": True,
    "lines": None,
    "lines\na\n\n b": ("a", "", " b"),
    "lines it=a": ("a",),
    "file\na\n\nb": "a\n\nb",
    "when tomorrow 8 pm": datetime(2026, 11, 22, 20, tzinfo=UTC),
    "when 24 Nov 20:00 Berlin": datetime(2026, 11, 24, 19, tzinfo=UTC),
    "minutes 5 min": 5,
    "minutes 30": 30,
    "zone new york": "America/New_York",
    "place here": "1",
    "place #edchat-hosts": "2",
    "place EDCHAT": "1",
    "place edchat-h": "2",
    "any": None,
}


async def test_what_is_typed_becomes_a_value(house: Room) -> None:
    said = {typed: (await house.say(typed)).text for typed in VALUES}
    assert said == {typed: repr(value) for typed, value in VALUES.items()}


@pytest.mark.parametrize(
    ("typed", "value"),
    [("colour Red", Colour.RED), ("colour dark_blue", Colour.DARK_BLUE), ("role moderator", Role.HOST)],
)
async def test_a_choice_is_one_of_its_values(house: Room, typed: str, value: Any) -> None:
    assert (await house.say(typed)).text == repr(value)


SENTENCES: Final[dict[str, str]] = {
    "number 1e3": 'it: "1e3" is not a whole number; write one like 8.',
    "number 99999999999": 'it: "99999999999" is not a whole number; write one like 8.',
    "number 21": "it: 21 does not fit; write a whole number from 1 to 20.",
    "number sevn": 'it: "sevn" is not a whole number; write one like 8. Did you mean `seven`?',
    "flag it=perhaps": 'it: "perhaps" is neither yes nor no; write yes or no.',
    "colour rde": 'it: "rde" is none of the choices; write red or dark-blue. Did you mean `red`?',
    "role king": 'it: "king" is none of the choices; write anyone, host, moderator or owner.',
    "minutes 31": "it: That is too long; 30 min is the most.",
    "minutes soon": "it: I cannot read 'soon' as a duration; write it like 8 min, 1 h 30 or 90 minutes.",
    "when 24:00": "it: 24:00 belongs to two days; use 00:00 and the next day.",
    "zone Xyzzy": "it: I know no time zone called 'Xyzzy'; name a city, such as New York or Europe/London.",
    "person Nobody": 'it: I have not met "Nobody" here; write the name as it is shown, as in @Ana.',
    "place garden": 'it: There is no place called "garden" here; write its name, as in #edchat, or here.',
    "series": "There is no weekly chat here yet; a host makes one with `series create`.",
    "series x": 'it: There is no weekly chat called "x" here; write its title, #hashtag or number.',
    "named 7": "it: There is no chat 7 here; name it by its date, as in chat=2026-11-24, or next.",
    "named 24 Nov": "it: There is no chat here on Tue 24 Nov 2026; name it by another date, or next.",
    "named xyz": "it: I cannot read 'xyz' as a date; write it like 2026-12-01, 1 Dec 2026 or tomorrow.",
    "unplanned": "No chat is coming up here that could be planned; a host makes one with `series create`.",
    "recent": "No chat here takes answers just now; `chat now` says when the next one is.",
    "move tomorrow 8 pm": "No chat is coming up here; a host makes one with `series create`.",
    "question 1": "No chat is on or coming up here; a host makes one with `series create` and `chat plan`.",
    "named next": "it: No chat is coming up here; a host makes one with `series create`.",
}


async def test_what_cannot_be_read_gets_one_sentence(house: Room) -> None:
    said = {typed: (await house.say(typed)).text for typed in SENTENCES}
    assert said == SENTENCES


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("colour", "I still need it: A colour."),
        ("named", "I still need it: Which."),
        ("file", "I still need it: write one a line below the command."),
    ],
)
async def test_what_is_required_is_asked_for(house: Room, typed: str, sentence: str) -> None:
    assert (await house.say(typed)).text.partition("\n")[0] == sentence


@pytest.fixture
async def week(house: Room) -> Room:
    """A weekly chat with one run in its hour, one planned and one empty, and a second one on its date."""
    await house.add_series("ed", "Weekly EdChat", "#EdChat")
    await house.plan("live", "ed", days=0, questions=3, asked=1)
    await house.plan("planned", "ed", days=3, questions=2)
    await house.plan("empty", "ed", days=10)
    return house


NAMED: Final[dict[str, str]] = {
    "any": "live",
    "any it=next": "planned",
    "any it=tonight": "live",
    "named 2026-11-24": "planned",
    "named tuesday": "planned",
    "named 1 Dec": "empty",
    "named last": "live",
    "unplanned": "empty",
    "recent": "live",
}


async def test_a_chat_is_named_or_meant(week: Room) -> None:
    said = {typed: (await week.say(typed)).text for typed in NAMED}
    assert said == {typed: repr(week.ids[name]) for typed, name in NAMED.items()}


async def test_a_chat_is_named_by_its_number(week: Room) -> None:
    for said in (f"{week.ids['empty']}", f"#{week.ids['empty']}"):
        assert (await week.say(f"named {said}")).text == repr(week.ids["empty"])


async def test_a_rehearsal_is_not_the_chat_of_its_date(week: Room) -> None:
    real = await week.plan("real", "ed", days=5)
    async with week.store.begin() as tx:
        played = await tx.add_chat(replace(real, id=0, rehearsal=True))
        await tx.connection.exec_driver_sql(
            "INSERT INTO chat_place (chat_id, place_id, opened_at) VALUES (?, ?, ?)",
            (played.id, week.place.id, NOW.isoformat()),
        )
    assert (await week.say("named 2026-11-26")).text == repr(real.id)
    assert (await week.say(f"named {played.id}")).text == repr(played.id)


async def test_two_chats_on_one_day_are_told_apart(week: Room) -> None:
    await week.add_series("math", "Maths Chat", "#mathchat")
    other = await week.plan("other", "math", days=3)
    assert (await week.say("named 2026-11-24")).text == (
        f"it: Which one do you mean: 8:00 pm ({week.ids['planned']}) or 8:00 pm ({other.id})?"
    )


async def test_a_chat_of_another_community_is_as_good_as_none(week: Room) -> None:
    async with week.store.begin() as tx:
        other = await tx.add_community("Elsewhere", "Europe/Berlin")
        theirs = await tx.add_place(other.id, "terminal", "9", "edchat")
    await week.add_series("theirs", "Their Chat", "#their", theirs)
    chat = await week.plan("their chat", "theirs", days=1)
    assert (await week.say(f"named {chat.id}")).text.startswith(f"it: There is no chat {chat.id} here")
    assert (await week.say("named tomorrow")).text.startswith("it: There is no chat here on Sun 22 Nov 2026")
    async with week.store.begin() as tx:
        await tx.connection.exec_driver_sql(
            "INSERT INTO series_place (series_id, place_id, accepted_at) VALUES (?, ?, ?)",
            (week.ids["theirs"], week.place.id, NOW.isoformat()),
        )
    assert (await week.say(f"named {chat.id}")).text == repr(chat.id)


async def test_in_the_hosts_room_every_chat_of_the_community_is_meant(week: Room) -> None:
    asker = replace(await week.asker(), place=week.hosts)
    assert (await week.tree.answer(asker, "any")).text == "None"
    async with week.store.begin() as tx:
        await tx.make_hosts_room(week.hosts.id)
        garden = await tx.add_place(week.place.community_id, "terminal", "3", "garden")
    said = {typed: (await week.tree.answer(asker, typed)).text for typed in NAMED}
    assert said == {typed: repr(week.ids[name]) for typed, name in NAMED.items()}
    assert (await week.tree.answer(asker, "series edchat")).text == repr("Weekly EdChat")
    await week.add_series("garden", "Garden Chat", "#garden", garden)
    second = await week.plan("second", "garden", days=0, questions=1, asked=1)
    assert (await week.tree.answer(asker, "recent")).text == (
        f"Which one do you mean: chat={week.ids['live']} or chat={second.id}?"
    )


async def test_a_moment_is_in_the_chats_own_zone(house: Room) -> None:
    await house.add_series("ed", "Weekly EdChat", "#edchat")
    chat = await house.plan("soon", "ed", days=3)
    async with house.store.begin() as tx:
        await tx.connection.exec_driver_sql(
            "UPDATE chat SET zone = 'America/New_York' WHERE id = ?", (chat.id,)
        )
    assert (await house.say("move 25 Nov 8 pm")).text == repr(datetime(2026, 11, 26, 1, tzinfo=UTC))


async def test_a_question_is_named_by_its_number(week: Room) -> None:
    for said in ("2", "Q2", "q2.", "#2", "２"):
        assert (await week.say(f"question {said}")).text == repr(f"2 of {week.ids['live']}")


async def test_a_question_belongs_to_its_chat(week: Room) -> None:
    assert (await week.say("question last")).text == repr(f"3 of {week.ids['live']}")
    assert (await week.say("question last chat=next")).text == repr(f"2 of {week.ids['planned']}")
    assert (await week.say("question 3 chat=next")).text == (
        'it: There is no question "3"; write a number from 1 to 2, as in 1.'
    )
    assert (await week.say("question first")).text.startswith('it: There is no question "first"')
    assert (await week.say("question 1 chat=2026-12-01")).text == (
        "it: That chat has no questions yet; a host adds them with `chat plan`."
    )


async def test_a_weekly_chat_is_the_only_one_or_named(week: Room) -> None:
    assert (await week.say("series")).text == repr("Weekly EdChat")
    await week.add_series("math", "Maths Chat", "#mathchat")
    for said in ("maths chat", "#MathChat", "mathchat", "maths", f"{week.ids['math']}"):
        assert (await week.say(f"series {said}")).text == repr("Maths Chat")
    numbers = (week.ids["math"], week.ids["ed"])
    assert (await week.say("series")).text == (
        "Which one do you mean: Maths Chat ({}) or Weekly EdChat ({})?".format(*numbers)
    )
    assert "Did you mean `Maths Chat`?" in (await week.say("series Meths Chat")).text


async def test_a_person_is_named_as_shown_and_never_guessed(house: Room) -> None:
    async with house.store.begin() as tx:
        for native, name in (("d1", "Dana Lee"), ("d2", "Sam"), ("d3", "Sam")):
            await tx.person("terminal", Author(native, name), house.place.community_id)
    for said in ("Dana Lee", "@dana lee", "d1", '"Dana Lee"', "<@d1>"):
        assert (await house.say(f"person {said}")).text == repr("d1")
    assert (await house.say("person sam")).text == "it: Which one do you mean: Sam (d2) or Sam (d3)?"
    assert (await house.say("person d3")).text == repr("d3")


async def test_suggestions_come_from_the_parameter_or_its_type(week: Room) -> None:
    asker = await week.asker()
    assert await week.tree.suggest(asker, "number", "it", "9") == ("seven", "eight", "9")
    assert await week.tree.suggest(asker, "colour", "it", "") == ("red", "dark-blue")
    assert await week.tree.suggest(asker, "series", "it", "") == ("Weekly EdChat",)
    assert await week.tree.suggest(asker, "place", "it", "") == ("edchat", "edchat-hosts")
    assert await week.tree.suggest(asker, "text", "it", "") == ()


async def test_b226_no_type_repeats_what_may_be_a_secret(week: Room) -> None:
    assert "never echoed" in case("B226").expect
    for name in (
        "number",
        "flag",
        "colour",
        "role",
        "when",
        "minutes",
        "zone",
        "person",
        "place",
        "series",
        "named",
    ):
        for secret in ("MTk4NjIyNDgzNDcx.Cl2FMQ.ZnCjm1XV", "abcd1234efgh5678"):  # made up
            reply = await week.say(f"{name} it={secret}")
            assert reply.private
            assert secret.casefold() not in reply.text.casefold()


def test_only_the_declared_types_exist() -> None:
    class Strange(Cog):
        @command("strange")
        async def strange(self, ctx: Context, tx: Tx, it: Annotated[float, "A fraction"]) -> Reply:
            """Take a fraction."""
            return back(it)

    with pytest.raises(TypeError, match="it: <class 'float'> is none of the parameter types"):
        list(Strange().commands())


def test_a_question_without_a_chat_is_a_fault() -> None:
    class Loose(Cog):
        @command("loose")
        async def loose(self, ctx: Context, tx: Tx, it: Annotated[Question, "Which"]) -> Reply:
            """Take a question of no chat."""
            return back(it)

    with pytest.raises(TypeError, match="loose: a Question needs a Chat beside it"):
        list(Loose().commands())
