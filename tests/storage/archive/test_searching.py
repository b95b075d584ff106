"""Search on a real database: what is found, by whom, in which order, and what keeps the index in step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.core.archive.search_query import read_query
from bot.core.archive.search_results import Found, Sort
from bot.core.audience import Audience, Reads
from bot.core.model import Refused
from bot.markup import render
from bot.storage.archive.searching import CHATS, EACH, Search, find
from bot.storage.engine import database_url
from bot.storage.schema import tables as t
from bot.storage.store import Store
from tests.support.archive_seed import NOW, Archive, sow
from tests.support.bad_inputs import case
from tests.support.copied import copied

ZONE: Final = "America/New_York"
ANYBODY = Audience(1)
MEMBERS = Audience(1, Reads.MEMBERS)
HOSTS = Audience(1, Reads.HOSTS)
_LEAVE_OUT: Final = (
    "INSERT INTO consent (person_id, community_id, excluded_at, changed_at) "
    "SELECT 1, 1, ends_at, ends_at FROM chat LIMIT 1"
)


class Shelf:
    """An archive that is looked through and changed."""

    def __init__(self, store: Store, archive: Archive) -> None:
        self.store, self.archive = store, archive

    async def find(self, typed: str, audience: Audience = ANYBODY, **how: Any) -> Found:
        async with self.store.read() as tx:
            return await find(tx, audience, Search(read_query(typed, mine="me" in how), ZONE, **how))

    async def words(self, typed: str, audience: Audience = ANYBODY, **how: Any) -> list[str]:
        """The words of all that is found."""
        found = await self.find(typed, audience, **how)
        return ["".join(one.text for one in hit.pieces) for chat in found.chats for hit in chat.hits]

    async def say(self, words: str, chat: int = 0, person: int = 1, **values: Any) -> int:
        """Somebody's answer to the first question of the chat that was held; gives its id."""
        chat = chat or self.archive.held
        async with self.store.begin() as tx:
            row = {"chat_id": chat, "place_id": self.archive.places[0].id, "person_id": person, "text": words}
            row |= {"kind": "answer", "said_at": NOW, "heard_at": NOW, "render_version": 1, **values}
            count = await tx._value(text("SELECT count(*) FROM message"))
            message = await tx._add(
                t.message,
                **row,
                platform_message_id=f"own{count}",
                body_html=render(words),
                public_id=f"own{count}",
            )
            question = await tx._value(
                text("SELECT min(id) FROM question WHERE chat_id = :chat").bindparams(chat=chat)
            )
            if question:
                filed = {"message_id": message, "question_id": question, "how": "label", "filed_at": NOW}
                await tx.connection.execute(t.filing.insert().values(**filed))
        return int(message)

    async def change(self, sql: str, **values: Any) -> None:
        async with self.store.begin() as tx:
            await tx.connection.execute(text(sql), values)


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    async def sown(store: Store) -> Archive:
        return await sow(store, answers=40)

    archive = await copied(tmp_path, ("a shelf", 40), sown)
    async with Store(database_url("", tmp_path)) as store:
        yield Shelf(store, archive)


async def test_answers_questions_and_topics_are_found_the_newest_chat_first(shelf: Shelf) -> None:
    found = await shelf.find("feedback")
    assert [one.listed.chat.id for one in found.chats] == [shelf.archive.held, shelf.archive.earlier]
    assert {hit.sort for one in found.chats for hit in one.hits} == {Sort.QUESTION}
    await shelf.say("Feedback, every day")
    found = await shelf.find("feedb day")
    [[hit]] = [one.hits for one in found.chats]
    assert (hit.sort, hit.number, hit.name, hit.mark) == (Sort.ANSWER, 1, "Marisol Vega", "")
    assert hit.public_id, "it has an address of its own"
    assert [one.hits[0].sort for one in (await shelf.find("cold calls")).chats] == [Sort.TOPIC]


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("Der Schüler schläft", "SCHUL"),
        ("Ученики читают", "ученик"),
        ("학교에서 배운다", "학교"),
        ("τους μαθητές", "ΜΑΘΗΤΈΣ"),
        ("في المدرسة", "المدر"),
        ("exit tickets at the door", '"exit tickets"'),
        ("don't do it", "don't"),
        ("a 1=1 riddle", "1=1"),
        ("see https://padlet.com/x", "https://padlet.com"),
    ],
)
async def test_words_of_any_letters_are_found_by_their_beginning(shelf: Shelf, said: str, typed: str) -> None:
    await shelf.say(said)
    assert await shelf.words(typed) == [said]


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("أنتظر الإجابة في المدرسة", "انتظر الاجابه"),
        ("انتظر الاجابه في المدرسه", "أنتظر الإجابة"),
        ("آخر ٱلدرس على المستوى", '"اخر الدرس علي" المستوي'),
        ("مُدَرِّسٌ مســـؤول", "مدرس مسوول"),
        ("مدرس مسؤول", "مُدَرِّس مســـؤول"),
        ("کتاب فارسی", "كتاب فارسي"),
    ],
)
async def test_arabic_words_are_found_however_their_letters_are_written(
    shelf: Shelf, said: str, typed: str
) -> None:
    await shelf.say("كلام آخر")
    message = await shelf.say("first said otherwise")
    await shelf.change("UPDATE message SET text = :w, body_html = :w WHERE id = :id", w=said, id=message)
    assert await shelf.words(typed) == [said]
    assert await shelf.words("first otherwise") == []


@pytest.mark.parametrize(
    ("one", "other", "typed"),
    [
        ("ελληνική εκπαίδευση", "ΕΛΛΗΝΙΚΗ ΕΚΠΑΙΔΕΥΣΗ", "εκπαιδευ Εκπαίδευση ΕΚΠΑΊΔΕΥΣΗ"),
        ("ο λόγος", "Ο ΛΟΓΟΣ", "λογος ΛΌΓΟΣ λογ"),
        ("στὴν Ἀθήνα", "στην Αθηνα", "αθην Ἀθήνα ΑΘΗΝΑ"),
        ("новогодняя ёлка", "НОВОГОДНЯЯ ЕЛКА", "елка Ёлка ЕЛК ёлк"),
        ("w Łodzi, łódka", "w Lodzi, lodka", "lodz łódk LODK Łodzi"),
        ("l’œuvre Đurić", "l’oeuvre Durić", "oeuv œuv đuri duric"),
        ("שָׁלוֹם לַמּוֹרָה", "שלום למורה", "שלום שָׁלוֹם שלו למורה"),
        ("ज़रूरी शिक्षा", "जरूरी शिक्षा", "ज़रू जरूरी शिक्षा शिक्"),
        ("மொழிகள்", "மொழிகள்".replace("ொ", "ொ"), "மொழி மொழிகள் மொ"),
        ("ශ්\u200dරී ලංකාව", "ශ්රී ලංකාව", "ශ්\u200dරී ශ්රී ලංකා"),
        ("বাংলা পড়া", "বাংলা পড়া", "পড়া বাং"),
        ("ਪੰਜਾਬੀ ਖ਼ਬਰ", "ਪੰਜਾਬੀ ਖ਼ਬਰ", "ਪੰਜਾਬੀ ਪੰਜਾ ਖ਼ਬਰ"),
    ],
)
async def test_words_of_every_script_are_found_and_marked_whole_in_either_spelling(
    shelf: Shelf, one: str, other: str, typed: str
) -> None:
    await shelf.say("something else")
    for words in (one, other):
        await shelf.say(words)
    for word in typed.split():
        for asked in (word, f"{word} {one.partition(' ')[0]}"):
            assert sorted(await shelf.words(asked)) == sorted((one, other)), asked
        hits = [hit for chat in (await shelf.find(word)).chats for hit in chat.hits]
        marks = [[piece.text for piece in hit.pieces if piece.marked] for hit in hits]
        whole = {part.strip(",").removeprefix("l’") for words in (one, other) for part in words.split()}
        assert all(mark and set(mark) <= whole for mark in marks), (word, marks)


async def test_a_syllable_is_no_word_and_an_emoji_no_part_of_one(shelf: Shelf) -> None:
    for words in ("इसका मतलब का", "मेरा काम", "\u2764\ufe0fgreat 1\ufe0f\u20e3 first"):
        await shelf.say(words)
    assert await shelf.words("काम") == ["मेरा काम"]
    assert await shelf.words("मतलब") == ["इसका मतलब का"]
    assert await shelf.words("great first") == ["\u2764\ufe0fgreat 1\ufe0f\u20e3 first"]


@pytest.mark.parametrize(
    "typed", ["日本語", "日本", "本", "語の授業", "日本語 school", "授業 日本", "sch 本語"]
)
async def test_b330_words_without_spaces_are_found_wherever_they_stand(shelf: Shelf, typed: str) -> None:
    await shelf.say("今日は日本語の授業です, at school")
    await shelf.say("今日は休みです, no school")
    assert await shelf.words(typed) == ["今日は日本語の授業です, at school"]
    assert await shelf.words(f"{typed} series:firstyears") == []


@pytest.mark.parametrize(
    "typed",
    [
        *("strasse", "STRASSE", "straße", "STRAẞE", "stras", "straß", '"lange strasse"', '"Lange Straße"'),
        *("strassenba", "grös", "grosse-stras", "das fus", "strasse from:weiß", "strasse from:WEISS"),
    ],
)
async def test_words_with_a_sharp_s_are_found_in_either_spelling(shelf: Shelf, typed: str) -> None:
    said = [
        "Lange Straße der Straßenbahn, große-Straße, das größte Maß, Fuß",
        "Lange Strasse der Strassenbahn, grosse-Strasse, dass grösste Mass, Fuss",
    ]
    await shelf.change("UPDATE person SET name = 'Paul Weiß' WHERE id = 1")
    await shelf.change("UPDATE person SET name = 'Rosa Weiss' WHERE id = 2")
    for person, words in enumerate((*said, "die Strophe des Strauches, grob, Fund"), 1):
        await shelf.say(words, person=person)
    assert sorted(await shelf.words(typed)) == sorted(said)
    found = [hit.pieces for one in (await shelf.find(typed)).chats for hit in one.hits]
    assert all(any(piece.marked for piece in pieces) for pieces in found)


async def test_words_in_quotes_are_no_beginning(shelf: Shelf) -> None:
    await shelf.say("zebras and zebroids")
    assert len(await shelf.words("zeb")) == 1
    assert await shelf.words('"zeb"') == []
    assert await shelf.words("zebras xylophones") == []


async def test_prefixes_narrow_it(shelf: Shelf) -> None:
    await shelf.say("zebra, see https://www.padlet.com/zoo", person=1)
    await shelf.say("zebra in padlet, see https://other.example", person=2)
    await shelf.say("zebra at night", chat=shelf.archive.live, person=1)
    assert len(await shelf.words("zebra")) == 3
    assert len(await shelf.words("zebra series:inquiry")) == 2
    assert len(await shelf.words("zebra from:marisol")) == 2
    assert len(await shelf.words("zebra from:VEGA series:inquiry q:1")) == 1
    assert await shelf.words("zebra q:2") == []
    assert await shelf.words("zebra link:padlet") == ["zebra, see https://www.padlet.com/zoo"]
    assert len(await shelf.words("link:EXAMPLE from:tom zebra")) == 1
    assert await shelf.words("zebra after:2026-11-20") == ["zebra at night"]
    assert len(await shelf.words("zebra before:2026-11-20")) == 2
    assert await shelf.words("zebra after:2026-11-17 before:2026-11-18") != []
    assert await shelf.words("zebra before:2026-11-17") == []
    assert len(await shelf.words("zebra", me=2)) == 1


async def test_who_is_not_here_to_be_read_is_nobody(shelf: Shelf) -> None:
    await shelf.change("INSERT INTO person (platform, native_id, name) VALUES ('x', 'x', 'Elsewhere Else')")
    for typed in ("zebra from:elsewhere", "zebra from:nobody"):
        with pytest.raises(Refused, match="Nobody whom you may read here"):
            await shelf.find(typed)
    with pytest.raises(Refused, match="no weekly chat called “nope”"):
        await shelf.find("zebra series:nope")
    with pytest.raises(Refused, match="no weekly chat"):
        await shelf.find("zebra series:inquiry", Audience(2))


async def test_nobody_is_found_by_the_name_they_gave_up_or_left_out(shelf: Shelf) -> None:
    await shelf.say("zebra", person=1)
    async with shelf.store.begin() as tx:
        await tx.set_consent(1, 1, NOW, pseudonym="Reader 12")
    assert await shelf.words('zebra from:"reader 12"') == ["zebra"]
    with pytest.raises(Refused):
        await shelf.find("zebra from:marisol")
    await shelf.say("quagga", person=2, anonymous=True)
    assert await shelf.words("quagga") == ["quagga"]
    assert await shelf.words("quagga from:tom") == []
    assert await shelf.words("quagga", me=2) == ["quagga"]


async def test_a_name_given_up_where_it_was_said_finds_nothing_on_another_communitys_pages(
    shelf: Shelf,
) -> None:
    await shelf.change("INSERT INTO community (id, name, zone) VALUES (2, 'Other', 'UTC')")
    async with shelf.store.begin() as tx:
        there = await tx.add_place(2, "discord", "901", "elsewhere")
        await tx.set_consent(1, 2, NOW, pseudonym="Night Owl")
    await shelf.change("UPDATE place SET openness = 'public' WHERE id = :id", id=there.id)
    await shelf.say("zebra over there", person=1, place_id=there.id)
    assert [hit.name for one in (await shelf.find("zebra")).chats for hit in one.hits] == ["Night Owl"]
    assert await shelf.words("zebra from:owl") == ["zebra over there"]
    assert await shelf.words("zebra from:marisol") == []
    await shelf.say("zebra at home", person=1)
    assert await shelf.words("zebra from:marisol") == ["zebra at home"]
    assert await shelf.words("zebra from:owl") == ["zebra over there"]


@pytest.mark.parametrize(
    ("change", "readers"),
    [
        ("UPDATE series SET visibility = 'members'", "members hosts"),
        ("UPDATE chat SET told = 'members'", "members hosts"),
        ("UPDATE place SET openness = 'members'", "members hosts"),
        ("UPDATE chat SET published_at = NULL", "hosts"),
        ("UPDATE series SET visibility = 'off'", "hosts"),
        ("UPDATE message SET hidden_at = said_at", ""),
        (_LEAVE_OUT, ""),
        ("UPDATE message SET deleted_at = said_at, body_html = NULL", ""),
        ("UPDATE message SET kind = 'conversation'", ""),
        ("UPDATE chat SET rehearsal = 1", ""),
        ("UPDATE series SET community_id = 2", ""),
    ],
)
async def test_only_who_may_read_it_finds_it(shelf: Shelf, change: str, readers: str) -> None:
    await shelf.change("INSERT INTO community (id, name, zone) VALUES (2, 'Other', 'UTC')")
    await shelf.say("zebra")
    everybody: Mapping[str, Audience] = {"anybody": ANYBODY, "members": MEMBERS, "hosts": HOSTS}
    assert [name for name, who in everybody.items() if await shelf.words("zebra", who)] == [*everybody]
    await shelf.change(change)
    assert [name for name, who in everybody.items() if await shelf.words("zebra", who)] == readers.split()


async def test_who_holds_the_link_of_a_weekly_chat_finds_what_is_in_it(shelf: Shelf) -> None:
    await shelf.say("zebra")
    await shelf.change("UPDATE series SET visibility = 'link'")
    await shelf.change("UPDATE chat SET told = 'link'")
    assert await shelf.words("zebra") == []
    assert await shelf.words("zebra", Audience(1, series=frozenset({shelf.archive.series.id}))) == ["zebra"]
    assert await shelf.words("zebra", Audience(1, series=frozenset({shelf.archive.other.id}))) == []


async def test_a_chat_with_much_in_it_shows_a_little_and_leads_to_all(shelf: Shelf) -> None:
    for number in range(EACH + 50):
        await shelf.say(f"zebra {number}")
    await shelf.say("zebra here too", chat=shelf.archive.earlier)
    found = await shelf.find("zebra")
    assert [(one.listed.chat.id, len(one.hits), one.more) for one in found.chats] == [
        (shelf.archive.held, EACH, True),
        (shelf.archive.earlier, 1, False),
    ]
    assert len(await shelf.words("zebra", chat_id=shelf.archive.held)) == EACH + 50


async def chats_at(shelf: Shelf, count: int, *, minutes: int, each: int = 1) -> list[int]:
    """Chats that were held before, so many minutes apart, each with somebody who says zebra."""
    made = []
    async with shelf.store.begin() as tx:
        [row] = await tx._rows(text("SELECT * FROM chat WHERE id = :id").bindparams(id=shelf.archive.held))
        start = NOW - timedelta(days=100)
        for number in range(count):
            at = start - timedelta(minutes=minutes * number)
            values = {
                "series_id": row.series_id,
                "zone": row.zone,
                "starts_at": at,
                "ends_at": at,
                "state": "sealed",
            }
            values |= {"told": "public", "published_at": at, "slug": f"own-{number}", "pace_seconds": 480}
            made.append(await tx._add(t.chat, **values))
    for chat in made:
        for number in range(each):
            await shelf.say(f"zebra {number}", chat=chat)
    return made


@pytest.mark.parametrize("minutes", [0, 1, 60])
@pytest.mark.parametrize("each", [1, EACH + 2])
async def test_page_after_page_every_chat_comes_once(shelf: Shelf, minutes: int, each: int) -> None:
    made = await chats_at(shelf, CHATS * 2 + 3, minutes=minutes, each=each)
    seen, older, pages = list[int](), None, 0
    while older is not None or not pages:
        found = await shelf.find("zebra", older=older)
        seen += [one.listed.chat.id for one in found.chats]
        assert all((len(one.hits), one.more) == (min(each, EACH), each > EACH) for one in found.chats)
        older, pages = found.older, pages + 1
    assert sorted(seen) == sorted(made)
    assert pages == (1 if minutes == 0 else 3)


async def test_few_that_may_be_read_among_many_are_all_found(shelf: Shelf) -> None:
    made = await chats_at(shelf, 12, minutes=60)
    await shelf.change(f"UPDATE chat SET told = 'members' WHERE id IN ({','.join(map(str, made[2:]))})")
    found = await shelf.find("zebra series:inquiry")
    assert [one.listed.chat.id for one in found.chats] == made[:2]
    assert len((await shelf.find("zebra", MEMBERS)).chats) >= CHATS


async def test_the_index_follows_edits_refilings_and_moved_chats(shelf: Shelf) -> None:
    message = await shelf.say("zebra")
    await shelf.change("UPDATE message SET text = 'quagga', body_html = NULL WHERE id = :id", id=message)
    assert await shelf.words("zebra") == []
    assert await shelf.words("quagga") == []
    await shelf.change("UPDATE message SET body_html = '<p>quagga</p>' WHERE id = :id", id=message)
    assert await shelf.words("quagga q:1") == ["quagga"]
    await shelf.change(
        "UPDATE filing SET question_id = (SELECT max(id) FROM question WHERE chat_id = :chat)"
        " WHERE message_id = :id",
        chat=shelf.archive.held,
        id=message,
    )
    assert await shelf.words("quagga q:1") == []
    assert await shelf.words("quagga q:6") == ["quagga"]
    await shelf.change("DELETE FROM filing WHERE message_id = :id", id=message)
    assert (await shelf.words("quagga q:6"), await shelf.words("quagga")) == ([], ["quagga"])
    await shelf.change("UPDATE chat SET starts_at = '2019-05-01 20:00:00.000000'")
    assert await shelf.words("quagga before:2020") == ["quagga"]
    assert await shelf.words("quagga after:2020") == []
    await shelf.change("UPDATE message SET hidden_at = said_at WHERE id = :id", id=message)
    assert await shelf.words("quagga") == []
    await shelf.change("UPDATE message SET hidden_at = NULL WHERE id = :id", id=message)
    assert await shelf.words("quagga") == ["quagga"]
    await shelf.change("UPDATE chat SET topic = 'zebras' WHERE id = :id", id=shelf.archive.held)
    await shelf.change("UPDATE question SET text = 'Why quaggas?' WHERE chat_id = :id", id=shelf.archive.held)
    assert await shelf.words("zebras") == ["zebras"]
    assert await shelf.words("why quaggas", chat_id=shelf.archive.held) == ["Why quaggas?"] * 6


async def test_a_person_with_everything_changed_leaves_one_entry_for_each_message(shelf: Shelf) -> None:
    for change in (
        "picked_at = said_at",
        "body_html = body_html || ' '",
        "person_id = 3",
        "edited_at = said_at",
    ):
        await shelf.change(f"UPDATE message SET {change}")
    async with shelf.store.read() as tx:
        [held] = await tx._rows(
            text(
                "SELECT (SELECT count(*) FROM message) AS messages,"
                " (SELECT count(*) FROM search WHERE rowid & 3 = 0) AS entries,"
                " (SELECT count(*) FROM search WHERE search MATCH 'scope : p3') AS his"
            )
        )
    assert held.messages == held.entries == held.his
    async with shelf.store.begin() as tx:
        for index in ("search", "search_glyph"):
            await tx.connection.execute(text(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')"))


async def test_b324_b327_b328_b332_what_is_meant_to_harm_finds_nothing_and_harms_nothing(
    shelf: Shelf,
) -> None:
    for name in ("B324", "B327", "B328", "B332"):
        assert (await shelf.find(case(name).input)).chats == (), name
    with pytest.raises(Refused, match="no letter"):
        await shelf.find(case("B325").input)
    long = case("B329").input
    assert await shelf.find(long) == await shelf.find(long[:200])
    assert await shelf.words("feedback") != []


def test_whatever_is_typed_can_be_asked(tmp_path: Path) -> None:
    """Whatever Hypothesis finds goes to FTS5 itself; its signs are mixed in, so that they are met often."""
    signs = st.sampled_from(
        ['"', "*", "(", ")", ":", "^", "-", "+", "NEAR", "AND", "NOT", "{", "}", ",", "'", "日本", "a"]
    )
    loop = asyncio.new_event_loop()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.one_of(signs, st.text(max_size=5)), max_size=12), st.sampled_from(["", " "]))
    def asked(pieces: list[str], between: str) -> None:
        loop.run_until_complete(_asked(between.join(pieces)))

    async def _asked(typed: str) -> None:
        try:
            query = read_query(typed)
        except Refused:
            return
        async with store.read() as tx:
            with nullcontext() if not (query.series or query.person) else suppress(Refused):
                await find(tx, ANYBODY, Search(query, ZONE))

    async def opened() -> Store:
        await copied(tmp_path, ("a shelf", 40), lambda made: sow(made, answers=40))
        return Store(database_url("", tmp_path))

    store = loop.run_until_complete(opened())
    try:
        asked()
    finally:
        loop.run_until_complete(store.close())
        loop.close()
