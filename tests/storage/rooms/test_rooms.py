"""The bot's own rooms in the database: saying, changing, taking back, holding, posting, forgetting."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.core.actions import Action
from bot.core.hearing import Author, Commanded, Deleted, Heard, Reacted, Said
from bot.core.model import Offer, Person, Place, Refused, Role
from bot.storage.engine import database_url
from bot.storage.rooms.posts import BROWSER, RoomEvent, RoomMessage
from bot.storage.rooms.views import EventKind
from bot.storage.store import Store
from tests.support.house import prepare

NOW: Final = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
EDCHAT, HOSTS = Place(1, 1, BROWSER, "edchat", "edchat"), Place(2, 1, BROWSER, "hosts", "hosts")
SECOND: Final = timedelta(seconds=1)


@dataclass(slots=True)
class Rooms:
    """Two rooms of a community in the browser."""

    folder: Path
    store: Store

    async def person(self, name: str) -> Person:
        async with self.store.begin() as tx:
            person = await tx.person(BROWSER, Author(name.casefold(), name), 1)
            await tx.make_member(1, person.id, NOW)
            return person

    async def say(self, who: Person, text: str, power: Role = Role.ANYONE, **what: Any) -> int:
        async with self.store.begin() as tx:
            return await tx.room_say(EDCHAT, who, power, text, f"<p>{text}</p>", NOW, **what)

    async def seen(self, viewer: str = "", *, host: bool = False, **what: Any) -> tuple[RoomMessage, ...]:
        async with self.store.read() as tx:
            return await tx.room_messages(EDCHAT.id, viewer=viewer, host=host, **what)

    async def texts(self, viewer: str = "", *, host: bool = False, **what: Any) -> list[str]:
        return [message.text for message in await self.seen(viewer, host=host, **what)]

    async def events(self, after: int = 0) -> tuple[RoomEvent, ...]:
        async with self.store.read() as tx:
            return await tx.room_events(EDCHAT.id, after)

    async def kinds(self) -> list[str]:
        return [event.kind for event in await self.events()]

    async def heard(self, after: int = 0) -> tuple[Heard, ...]:
        async with self.store.read() as tx:
            return (await tx.room_happenings(EDCHAT, after, 500)).heard

    async def post(self, key: str, text: str, **what: Any) -> int:
        async with self.store.begin() as tx:
            return await tx.room_post(EDCHAT, key, text, f"<p>{text}</p>", (), NOW, **what)

    async def hold(self, who: Person) -> None:
        async with self.store.begin() as tx:
            await tx.hold(1, who.id, NOW)

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "edchat.sqlite", timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def bytes(self) -> bytes:
        """Every byte of the database, its log included."""
        with closing(sqlite3.connect(self.folder / "edchat.sqlite", timeout=30)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return b"".join(file.read_bytes() for file in self.folder.glob("edchat.sqlite*"))


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as store:
        yield Rooms(tmp_path, store)


async def test_a_message_stands_in_its_room_with_its_event(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    said = await rooms.say(ana, "Hello\r\nall\n")
    (message,) = await rooms.seen()
    assert (message.id, message.text, message.name) == (said, "Hello\nall", "Ana")
    assert (message.by_host, message.held, message.edited_at, message.said_at) == (False, False, None, NOW)
    (event,) = await rooms.events()
    assert (event.kind, event.message_id, event.person_id, event.text) == (
        EventKind.SAID,
        said,
        ana.id,
        None,
    )


async def test_committing_rings_the_room_and_no_other(rooms: Rooms) -> None:
    rung: list[set[int]] = []
    ana = await rooms.person("Ana")
    rooms.store.committed.append(lambda tx: rung.append(tx.rooms_rung))
    await rooms.say(ana, "Hello")
    await rooms.post("k", "Welcome")
    assert rung == [{EDCHAT.id}, {EDCHAT.id}]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200d", "\u3164"])
async def test_a_message_without_a_visible_letter_is_refused(rooms: Rooms, text: str) -> None:
    ana = await rooms.person("Ana")
    with pytest.raises(Refused, match="Write something first"):
        await rooms.say(ana, text)
    assert await rooms.events() == ()


async def test_the_longest_message_is_kept_whole_and_a_longer_one_refused(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    await rooms.say(ana, "x" * 4_000)
    with pytest.raises(Refused, match="That is 4,001 characters long; a message here has at most 4,000"):
        await rooms.say(ana, "x" * 4_001)
    assert await rooms.texts() == ["x" * 4_000]


async def test_the_same_form_sent_twice_is_one_message_and_another_persons_is_another(rooms: Rooms) -> None:
    ana, ben = await rooms.person("Ana"), await rooms.person("Ben")
    assert await rooms.say(ana, "Hello", once="f1") == await rooms.say(ana, "Hello", once="f1")
    await rooms.say(ben, "Hello", once="f1")
    await rooms.say(ana, "Hello", once="f2")
    assert len(await rooms.seen()) == 3


async def test_the_same_command_form_sent_twice_is_one_command(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    typed = {await rooms.say(ana, "!edchat chat next", Role.HOST, once="f1") for _ in range(2)}
    assert [event.id for event in await rooms.events()] == list(typed)


async def test_a_command_is_heard_with_its_power_and_seen_by_nobody(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    await rooms.say(ana, "!edchat chat next", Role.HOST)
    (heard,) = await rooms.heard()
    assert isinstance(heard, Commanded)
    assert (heard.text, heard.author) == ("chat next", Author("ana", "Ana", Role.HOST))
    assert await rooms.texts("ana", host=True) == []


async def test_a_commands_words_are_gone_once_it_was_heard(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    first = await rooms.say(ana, "!edchat answer 1 xylophone")
    await rooms.say(ana, "!edchat answer 1 marimba")
    async with rooms.store.begin() as tx:
        await tx.room_heard(EDCHAT.id, first)
    assert [event.text for event in await rooms.events()] == [None, "answer 1 marimba"]
    assert b"xylophone" not in rooms.bytes()
    assert [type(event) for event in await rooms.heard()] == [Commanded]


async def test_an_edit_replaces_the_words_and_its_event_repeats_none(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    said = await rooms.say(ana, "xylophone")
    async with rooms.store.begin() as tx:
        await tx.room_edit(said, ana, "marimba", "<p>marimba</p>", NOW + SECOND)
        await tx.room_edit(said, ana, "marimba", "<p>marimba</p>", NOW + 2 * SECOND)
    (message,) = await rooms.seen()
    assert (message.text, message.html, message.edited_at) == ("marimba", "<p>marimba</p>", NOW + SECOND)
    assert [(event.kind, event.text) for event in await rooms.events()] == [("said", None), ("edited", None)]
    assert [getattr(event, "text", "") for event in await rooms.heard()] == ["marimba", "marimba"]
    assert b"xylophone" not in rooms.bytes()


async def test_nobody_changes_the_words_of_another(rooms: Rooms) -> None:
    ana, ben = await rooms.person("Ana"), await rooms.person("Ben")
    said = await rooms.say(ana, "Hello")
    posted = await rooms.post("k", "Welcome")
    for message in (said, posted):
        async with rooms.store.begin() as tx:
            with pytest.raises(Refused, match="Only the one who wrote a message can change it"):
                await tx.room_edit(message, ben, "Bye", "", NOW)
            with pytest.raises(Refused, match="or a host, can take it back"):
                await tx.room_delete(message, ben, NOW)
    assert await rooms.texts() == ["Hello", "Welcome"]


async def test_the_bots_posts_cannot_be_taken_back_even_by_hosts(rooms: Rooms) -> None:
    ana, posted = await rooms.person("Ana"), await rooms.post("k", "Q1: What works?")
    async with rooms.store.begin() as tx:
        with pytest.raises(Refused):
            await tx.room_delete(posted, ana, NOW, as_host=True)
    assert await rooms.texts() == ["Q1: What works?"]


@pytest.mark.parametrize("as_host", [False, True])
async def test_what_is_taken_back_is_gone_from_every_byte(rooms: Rooms, as_host: bool) -> None:
    ana, ben = await rooms.person("Ana"), await rooms.person("Ben")
    said = await rooms.say(ana, "xylophone")
    async with rooms.store.begin() as tx:
        await tx.room_react(said, ben, 2, NOW)
        await tx.room_delete(said, ben if as_host else ana, NOW, as_host=as_host)
    assert await rooms.texts("ana", host=True) == []
    assert [type(event) for event in await rooms.heard()] == [Deleted]
    assert rooms.rows("SELECT count(*) FROM room_reaction") == [(0,)]
    assert b"xylophone" not in rooms.bytes()


async def test_what_is_gone_cannot_be_changed_taken_back_or_marked(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    said = await rooms.say(ana, "Hello")
    async with rooms.store.begin() as tx:
        await tx.room_delete(said, ana, NOW)
    before = await rooms.kinds()
    async with rooms.store.begin() as tx:
        with pytest.raises(Refused, match="no longer in this room"):
            await tx.room_edit(said, ana, "Hello again", "", NOW)
        with pytest.raises(Refused, match="no longer in this room"):
            await tx.room_delete(said, ana, NOW)
        with pytest.raises(Refused, match="no longer in this room"):
            await tx.room_react(said, ana, 1, NOW)
    assert await rooms.kinds() == before


async def test_digits_are_counted_once_a_person_and_taken_off_again(rooms: Rooms) -> None:
    ana, ben = await rooms.person("Ana"), await rooms.person("Ben")
    said = await rooms.say(ana, "I agree with Dana")
    async with rooms.store.begin() as tx:
        for who in (ana, ana, ben):
            await tx.room_react(said, who, 2, NOW)
        await tx.room_react(said, ben, 3, NOW)
        await tx.room_react(said, ben, 3, NOW, removed=True)
        await tx.room_react(said, ben, 3, NOW, removed=True)
        for number in (0, 10):
            with pytest.raises(Refused, match="one digit from 1 to 9"):
                await tx.room_react(said, ben, number, NOW)
    (message,) = await rooms.seen()
    assert message.reactions == ((2, 2),)
    heard = [event for event in await rooms.heard() if isinstance(event, Reacted)]
    assert [(event.author.name, event.number, event.removed) for event in heard] == [
        ("Ana", 2, False),
        ("Ben", 2, False),
        ("Ben", 3, False),
        ("Ben", 3, True),
    ]


async def test_the_digit_of_a_host_in_the_books_is_heard_as_a_hosts(rooms: Rooms) -> None:
    ana, mo = await rooms.person("Ana"), await rooms.person("Mo")
    said = await rooms.say(ana, "I agree")
    async with rooms.store.begin() as tx:
        await tx.make_community_host(1, mo.id)
        await tx.room_react(said, mo, 2, NOW)
    reacted = (await rooms.heard())[-1]
    assert isinstance(reacted, Reacted)
    assert reacted.author.power is Role.HOST


async def test_held_words_are_for_their_writer_and_hosts_until_they_are_let_in(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    await rooms.hold(ana)
    said = await rooms.say(ana, "Buy stamps")
    assert [await rooms.texts(), await rooms.texts("ben")] == [[], []]
    assert [await rooms.texts("ana"), await rooms.texts(host=True)] == [["Buy stamps"], ["Buy stamps"]]
    assert await rooms.heard() == ()
    async with rooms.store.begin() as tx:
        await tx.room_edit(said, ana, "Buy my stamps", "", NOW)
    assert await rooms.heard() == ()
    for _ in range(2):
        async with rooms.store.begin() as tx:
            await tx.room_release(said, NOW)
    assert await rooms.texts() == ["Buy my stamps"]
    (heard,) = await rooms.heard()
    assert isinstance(heard, Said)
    assert heard.text == "Buy my stamps"


async def test_all_held_words_of_one_person_are_let_in_in_order(rooms: Rooms) -> None:
    ana, ben = await rooms.person("Ana"), await rooms.person("Ben")
    await rooms.hold(ana)
    await rooms.hold(ben)
    for who, words in ((ana, "one"), (ben, "other"), (ana, "two")):
        await rooms.say(who, words)
    async with rooms.store.begin() as tx:
        await tx.room_release_all(ana.id, 1, NOW)
    assert await rooms.texts() == ["one", "two"]
    assert [getattr(event, "text", "") for event in await rooms.heard()] == ["one", "two"]


async def test_held_words_that_are_taken_back_were_never_heard(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    await rooms.hold(ana)
    said = await rooms.say(ana, "Buy stamps")
    async with rooms.store.begin() as tx:
        await tx.room_delete(said, ana, NOW)
        await tx.room_release(said, NOW)
    assert await rooms.heard() == ()
    assert await rooms.texts("ana", host=True) == []
    assert (await rooms.kinds())[-1] == EventKind.DELETED


async def test_a_held_person_types_commands_but_does_not_slip_words_into_old_ones(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    said = await rooms.say(ana, "Hello")
    await rooms.hold(ana)
    await rooms.say(ana, "!edchat privacy show")
    async with rooms.store.begin() as tx:
        with pytest.raises(Refused, match="say it again as a new message"):
            await tx.room_edit(said, ana, "Buy stamps", "", NOW)
    assert [type(event) for event in await rooms.heard()] == [Said, Commanded]
    assert await rooms.texts() == ["Hello"]


async def test_who_is_banned_without_a_name_cannot_write_either(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    async with rooms.store.begin() as tx:
        await tx.ban(1, ana.id, NOW, answer="7")
    with pytest.raises(Refused, match="You cannot write here any more"):
        await rooms.say(ana, "Hello?")


async def test_a_banned_person_only_takes_words_back(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    said = await rooms.say(ana, "Hello")
    async with rooms.store.begin() as tx:
        await tx.ban(1, ana.id, NOW)
    for text in ("Hello?", "!edchat help"):
        with pytest.raises(Refused, match="You cannot write here any more"):
            await rooms.say(ana, text)
    async with rooms.store.begin() as tx:
        for act in (tx.room_edit(said, ana, "Bye", "", NOW), tx.room_react(said, ana, 1, NOW)):
            with pytest.raises(Refused, match="You cannot write here any more"):
                await act
    assert await rooms.texts() == ["Hello"]
    async with rooms.store.begin() as tx:
        await tx.room_delete(said, ana, NOW)
    assert await rooms.texts() == []


async def test_a_message_hangs_only_on_what_stands_in_its_own_room(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    async with rooms.store.begin() as tx:
        elsewhere = await tx.room_post(HOSTS, "h", "For hosts", "", (), NOW)
    whisper = await rooms.post("w", "For Ben", only_for="ben")
    for hook in (elsewhere, whisper, 999):
        with pytest.raises(Refused, match="no longer in this room"):
            await rooms.say(ana, "Hello", thread=hook)
        with pytest.raises(Refused, match="no longer in this room"):
            await rooms.say(ana, "Hello", reply_to=hook)
    assert await rooms.texts() == []


async def test_a_reply_to_words_that_were_taken_back_is_kept(rooms: Rooms) -> None:
    ana, ben = await rooms.person("Ana"), await rooms.person("Ben")
    said = await rooms.say(ana, "Hello")
    async with rooms.store.begin() as tx:
        await tx.room_delete(said, ana, NOW)
    await rooms.say(ben, "Hello Ana", reply_to=said)
    assert [message.reply_to_id for message in await rooms.seen()] == [said]


async def test_a_wish_for_namelessness_that_cannot_be_kept_is_refused(rooms: Rooms) -> None:
    ana, posted = await rooms.person("Ana"), await rooms.post("q", "Q1: What works?")
    with pytest.raises(Refused, match="Answers here carry a name"):
        await rooms.say(ana, "Groups", thread=posted, by_form=True, anonymous=True)
    assert await rooms.texts() == ["Q1: What works?"]


async def test_nobody_but_the_writer_learns_whose_an_anonymous_message_is(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    said = await rooms.say(ana, "Groups", Role.HOST)
    async with rooms.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE room_message SET anonymous = 1")
    for viewer, host in (("", False), ("ben", False), ("mo", True)):
        async with rooms.store.read() as tx:
            shown = await tx.room_message(said, viewer=viewer, host=host)
        assert shown is not None
        assert (shown.person_id, shown.name, shown.by_host, shown.anonymous) == (None, "", False, True)
    (own,) = await rooms.seen("ana")
    assert (own.person_id, own.name) == (ana.id, "Ana")
    assert [event.person_id for event in await rooms.events()] == [None]


async def test_a_room_shows_the_name_that_somebody_chose(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    async with rooms.store.begin() as tx:
        await tx.set_consent(ana.id, 1, NOW, pseudonym="Bluebird")
    await rooms.say(ana, "Hello")
    assert [message.name for message in await rooms.seen("ben")] == ["Bluebird"]


async def test_messages_come_by_thread_and_page_by_page(rooms: Rooms) -> None:
    ana, head = await rooms.person("Ana"), await rooms.post("q", "Q1")
    for number in range(5):
        await rooms.say(ana, f"main {number}")
        await rooms.say(ana, f"thread {number}", thread=head)
    assert await rooms.texts(thread=head, most=2) == ["thread 3", "thread 4"]
    assert await rooms.texts(thread=None) == ["Q1", *(f"main {number}" for number in range(5))]
    newest = await rooms.seen(most=4)
    assert [message.text for message in newest] == ["main 3", "thread 3", "main 4", "thread 4"]
    earlier = await rooms.texts(before=newest[0].id, most=2)
    assert earlier == ["main 2", "thread 2"]


async def test_a_whisper_is_seen_by_its_person_alone_not_even_by_hosts(rooms: Rooms) -> None:
    posted = await rooms.post("w", "3 are unanswered.", only_for="mo")
    assert [await rooms.texts("mo"), await rooms.texts("ana", host=True)] == [["3 are unanswered."], []]
    async with rooms.store.read() as tx:
        assert await tx.room_message(posted, viewer="ana", host=True) is None


async def test_wishes_change_the_room_and_ring_only_when_something_changed(rooms: Rooms) -> None:
    head = await rooms.post("q", "Q1")
    last = (await rooms.events())[-1].id
    for _ in range(2):
        async with rooms.store.begin() as tx:
            await tx.room_change(EDCHAT, Action.THREAD, NOW, target=head, text="Q1")
            await tx.room_change(EDCHAT, Action.PIN, NOW, target=head)
            await tx.room_change(EDCHAT, Action.TOPIC, NOW, text="Q1 of 4")
            await tx.room_change(EDCHAT, Action.RECEIPT, NOW, target=head, text="1")
            await tx.room_change(
                EDCHAT, Action.EDIT, NOW, target=head, text="Q1!", html="x", offers=(Offer("A", "b", True),)
            )
    async with rooms.store.read() as tx:
        standing = await tx.room_standing(EDCHAT.id)
    assert (standing.topic, standing.pinned, standing.threads) == ("Q1 of 4", head, ((head, "Q1"),))
    (post,) = await rooms.seen()
    assert (post.text, post.offers, post.receipts) == ("Q1!", (Offer("A", "b", True),), ("1",))
    changed = [(event.kind, event.message_id) for event in await rooms.events(last)]
    assert changed == [("changed", head), ("changed", None), ("changed", None), *[("changed", head)] * 2]


async def test_a_pin_and_a_receipt_can_be_taken_off(rooms: Rooms) -> None:
    head = await rooms.post("q", "Q1")
    async with rooms.store.begin() as tx:
        for target, text in ((head, "1"), (head, "")):
            await tx.room_change(EDCHAT, Action.RECEIPT, NOW, target=target, text=text)
        for pin in (head, None):
            await tx.room_change(EDCHAT, Action.PIN, NOW, target=pin)
    assert [message.receipts for message in await rooms.seen()] == [()]
    async with rooms.store.read() as tx:
        assert (await tx.room_standing(EDCHAT.id)).pinned is None


async def test_somebody_who_is_forgotten_leaves_no_byte_in_the_rooms_and_others_stay(rooms: Rooms) -> None:
    zelda, ben = await rooms.person("Zelda <3"), await rooms.person("Ben")
    said = await rooms.say(zelda, "xylophone", once="form-of-zelda")
    await rooms.say(zelda, "!edchat answer 1 marimba")
    bens = await rooms.say(ben, "Hello")
    async with rooms.store.begin() as tx:
        await tx.room_react(bens, zelda, 2, NOW)
        await tx.room_post(EDCHAT, "w1", "glockenspiel", "glockenspiel", (), NOW, only_for="zelda <3")
        html = '<p><a href="https://e.org/p">Zelda &lt;3 is a guest host now.</a></p>'
        offers = (Offer("Uninvite Zelda <3", "hosts remove"), Offer("Hosts", "hosts"))
        await tx.room_post(EDCHAT, "p1", "Zelda <3 is a guest host now.", html, offers, NOW)
    async with rooms.store.begin() as tx:
        await tx.forget_in_rooms(zelda.id, 1, NOW)
        await tx.connection.exec_driver_sql(
            "UPDATE person SET name = '', native_id = 'gone' WHERE name = 'Zelda <3'"
        )
    for word in (b"xylophone", b"marimba", b"glockenspiel", b"Zelda", b"form-of-zelda"):
        assert word not in rooms.bytes()
    hello, post = await rooms.seen()
    assert (hello.text, hello.reactions) == ("Hello", ())
    assert post.text == "somebody is a guest host now."
    assert post.html == '<p><a href="https://e.org/p">somebody is a guest host now.</a></p>'
    assert post.offers == (Offer("Hosts", "hosts"),)
    gone = [event.message_id for event in await rooms.events() if event.kind is EventKind.DELETED]
    assert said in gone
    assert len(gone) == 2
    assert [type(event) for event in await rooms.heard()] == [Said, Deleted]


async def test_what_somebody_said_in_another_community_stays(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    async with rooms.store.begin() as tx:
        other = await tx.add_house("Northfield", "Europe/London")
        room = (await tx.places_of_community(other.id))[0]
        there = await tx.room_say(room, ana, Role.ANYONE, "Hello there", "", NOW)
        await tx.forget_in_rooms(ana.id, 1, NOW)
        assert (await tx.room_message(there, viewer="", host=False)) is not None


async def test_old_events_go_once_they_were_heard_and_their_numbers_never_come_back(rooms: Rooms) -> None:
    ana = await rooms.person("Ana")
    for number in range(3):
        await rooms.say(ana, f"message {number}")
    first, second, third = (event.id for event in await rooms.events())
    month = timedelta(days=30)
    async with rooms.store.begin() as tx:
        assert await tx.room_prune(NOW + month + SECOND) == 0
        await tx.set_cursor(BROWSER, EDCHAT.id, str(second))
        assert await tx.room_prune(NOW + month) == 0
        assert await tx.room_prune(NOW + month + SECOND) == 2
        await tx.set_cursor(BROWSER, EDCHAT.id, str(third))
        assert await tx.room_prune(NOW + month + SECOND) == 1
    assert await rooms.texts() == [f"message {number}" for number in range(3)]
    await rooms.say(ana, "one more")
    assert [event.id for event in await rooms.events()] == [third + 1]
    assert first < second < third
