"""The desk: who sits there, what the term shows, and what a plan's forms do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.clock import ScaledClock
from bot.commands.declared import Asker
from bot.core.hearing import Author
from bot.core.model import Chat, Person, Place, Role
from bot.core.sentences import desk as sentences
from bot.core.sentences.steering import ANNOUNCED_NOW
from bot.platform import Absent
from bot.storage.doors.seats import SEAT_LASTS
from bot.storage.schema import tables as t
from tests.support.web_house import Browser, Got, WebHouse, web_house
from tests.web.room_setting import open_room

SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
QUESTIONS = ("What worked this week?", "What did not?", "What will you try?")
DESK = "/desk/maths-chat/"


@dataclass(slots=True)
class Setting:
    """A house with a weekly chat, planned for Tuesday, and its host at the desk."""

    house: WebHouse
    clock: ScaledClock
    host: Browser

    async def says(self, line: str, place: Place | None = None) -> str:
        """A command that somebody types elsewhere."""
        reply = await self.house.app.say(line, place or self.house.hosts, "owner")
        assert not reply.refused, reply.text
        return reply.text

    async def chats(self) -> tuple[Chat, ...]:
        """The chats to come."""
        async with self.house.store.read() as tx:
            return await tx.coming_in(self.house.place.id)

    async def texts(self, chat: Chat) -> list[str]:
        """The questions as they stand."""
        async with self.house.store.read() as tx:
            return [one.text for one in await tx.questions(chat.id)]

    async def planned(self) -> Chat:
        """Tuesday's chat."""
        return (await self.chats())[0]

    async def plan(self, act: str, got: Got | None = None, **changed: str) -> Got:
        """Send a plan's form as it stands on its page, with some fields changed; "_" is a dot."""
        at = f"{DESK}chat/{(await self.planned()).id}/"
        fields = filled((got or await self.host.get(at)).text) | {"act": act}
        fields |= {
            name.replace("_", ".", 1) if name[-1].isdigit() else name: v for name, v in changed.items()
        }
        return await self.host.post(at, fields)


def filled(page: str) -> dict[str, str]:
    """What a plan's form holds when nobody touched it."""
    form = page.partition('id="plan">')[2].partition("</form>")[0]
    inputs = re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', form)
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in (*inputs, *hidden, *areas)}


def times(page: str) -> list[str]:
    """The clock times of the run sheet, in order."""
    form = page.partition('id="plan">')[2].partition("</form>")[0]
    return re.findall(r"<time[^>]*>(\d+:\d\d) [ap]m</time>", form)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Setting]:
    clock = ScaledClock(datetime.now(UTC), SUNDAY, 1.0)
    async with web_house(tmp_path, clock) as house:
        made = Setting(house, clock, await house.host())
        where = house.place.native_id
        await made.says(f"setup where={where} readers=public")
        await made.says(f'series create "Weekly EdChat" when="every Tuesday 8 pm" place={where}')
        await made.says("\n".join(['chat plan topic="Homework"', *QUESTIONS]), house.place)
        yield made


# --- Who sits there --------------------------------------------------------------------------


async def test_a_stranger_and_a_member_are_told_how_hosts_get_in(desk: Setting) -> None:
    stranger, member = desk.house.stranger(), await desk.house.join("Pat")
    for path in ("/desk/", DESK, f"{DESK}chat/1/", "/desk/nowhere/", f"{DESK}series/1/"):
        for reader in (stranger, member):
            got = await reader.get(path)
            assert got.status == 403
            assert "<code>!edchat desk</code>" in got.text
            assert "Homework" not in got.text
    sent = await member.post(f"{DESK}chat/1/", {"act": "add", "new": "May I?"})
    assert (sent.status, await desk.texts(await desk.planned())) == (403, [*QUESTIONS])


async def test_whoever_has_no_seat_is_told_the_command_as_it_is_given_on_their_network(desk: Setting) -> None:
    person, place = await on_another_network(desk, Role.HOST, "discord")
    got = await desk.house.stranger().get("/desk/")
    assert "<code>!edchat desk</code>, or <code>/desk</code> on Discord." in got.text
    dana = desk.house.stranger()

    async def power(_place: Place, _person: Person) -> Role:
        return Role.ANYONE

    desk.house.site.power = power
    await dana.post(await link_for(desk, person, place, Role.HOST))
    shut = await dana.get(DESK)
    assert shut.status == 403
    assert "room: <code>/desk</code>." in shut.text


async def test_a_host_of_the_house_is_led_from_the_door_to_the_term(desk: Setting) -> None:
    got = await desk.host.get("/desk/")
    assert got.path == DESK
    assert "Homework" in got.text
    assert "not planned yet" in got.text


def test_a_date_that_is_not_planned_yet_looks_like_no_fault() -> None:
    style = (Path(__file__).parents[2] / "bot/web/static/desk.css").read_text(encoding="utf-8")
    [rule] = re.findall(r"\.is-empty[^{}]*\{([^}]*)\}", style)
    assert "red" not in rule


async def on_another_network(desk: Setting, power: Role, network: str = "terminal") -> tuple[Person, Place]:
    """Somebody of a network whose power is told with each thing they say."""
    async with desk.house.store.begin() as tx:
        here = desk.house.community.id
        place = await tx.add_place(here, network, "main", "main")
        person = await tx.person(network, Author("dana", "Dana", power), here)
        await tx.give_addresses()
        await tx.install("address", desk.house.base)
    return person, place


async def link_for(desk: Setting, person: Person, place: Place, power: Role) -> str:
    """The link that the command answers somebody with."""
    reply = await desk.house.app.tree.answer(Asker(person, place, power), "desk")
    assert reply.private
    found = re.search(r"(/in/\S+)", reply.text)
    assert found, reply.text
    return found[1]


async def test_whoever_is_a_host_by_their_networks_power_gets_a_link_that_opens_once(desk: Setting) -> None:
    person, place = await on_another_network(desk, Role.HOST)
    path = await link_for(desk, person, place, Role.HOST)
    dana = desk.house.stranger()
    looked = await dana.get(path)
    assert "Dana" in looked.text
    assert (await dana.get("/desk/")).status == 403
    got = await dana.post(path)
    assert (got.path, got.status) == (DESK, 200)
    assert (await desk.house.stranger().post(path)).status == 403


async def test_who_has_no_power_gets_no_link(desk: Setting) -> None:
    person, place = await on_another_network(desk, Role.ANYONE)
    reply = await desk.house.app.tree.answer(Asker(person, place), "desk")
    assert reply.refused
    assert "/in/" not in reply.text


async def test_who_loses_their_networks_power_loses_the_desk_with_the_next_page(desk: Setting) -> None:
    person, place = await on_another_network(desk, Role.HOST)
    dana, now = desk.house.stranger(), Role.HOST

    async def power(_place: Place, _person: Person) -> Role:
        return now

    desk.house.site.power = power
    await dana.post(await link_for(desk, person, place, Role.HOST))
    chat = await desk.planned()
    page = await dana.get(f"{DESK}chat/{chat.id}/")
    assert page.status == 200
    public = f"/maths-chat/weekly-edchat/{chat.slug}/"
    assert "Plan it at the desk" in (await dana.get(public)).text
    now = Role.ANYONE
    assert (await dana.get(DESK)).status == 403
    assert "at the desk" not in (await dana.get(public)).text
    sent = await dana.post(f"{DESK}chat/{chat.id}/", filled(page.text) | {"act": "remove.1"})
    assert (sent.status, len(await desk.texts(chat))) == (403, 3)
    assert sentences.NO_DESK_ANY_MORE.partition(";")[0] in unescape(sent.text)


async def test_who_left_their_network_has_no_desk_whatever_our_books_say(desk: Setting) -> None:
    person, place = await on_another_network(desk, Role.HOST)
    dana, gone = desk.house.stranger(), False

    async def power(_place: Place, _person: Person) -> Role:
        if gone:
            raise Absent
        return Role.ANYONE

    desk.house.site.power = power
    await dana.post(await link_for(desk, person, place, Role.HOST))
    assert (await dana.get(DESK)).status == 403
    async with desk.house.store.begin() as tx:
        await tx.make_community_host(desk.house.community.id, person.id)
    assert (await dana.get(DESK)).status == 200
    gone = True
    assert (await dana.get(DESK)).status == 403


async def test_where_a_network_cannot_be_asked_what_was_heard_counts_for_half_a_day(desk: Setting) -> None:
    person, place = await on_another_network(desk, Role.HOST)
    dana = desk.house.stranger()
    await dana.post(await link_for(desk, person, place, Role.HOST))
    assert (await dana.get(DESK)).status == 200
    real = desk.clock.real() - SEAT_LASTS - timedelta(minutes=1)
    async with desk.house.store.begin() as tx:
        await tx.take_seat(place, person.id, Role.HOST, real)
    assert (await dana.get(DESK)).status == 403


async def test_a_guest_host_sees_their_chat_alone(desk: Setting) -> None:
    guest = await desk.house.join("Gus")
    chat, other = (await desk.chats())[:2]
    await desk.says(f"host invite Gus chat={chat.id}", desk.house.place)
    got = await guest.get("/desk/")
    assert f"chat/{chat.id}/" in got.text
    assert f"chat/{other.id}/" not in got.text
    assert "settings" not in got.text
    assert (await guest.get(f"{DESK}chat/{chat.id}/")).status == 200
    assert (await guest.get(f"{DESK}chat/{other.id}/")).status == 404
    assert (await guest.get(f"{DESK}series/1/")).status == 404
    added = await guest.post(f"{DESK}chat/{chat.id}/", {"act": "add", "new": "And mine?"})
    assert "And mine?" in added.text


async def test_a_form_from_elsewhere_changes_nothing(desk: Setting) -> None:
    chat = await desk.planned()
    at = f"{DESK}chat/{chat.id}/"
    got = await desk.host.post(at, {"act": "add", "new": "Planted?"}, Sec_Fetch_Site="cross-site")
    assert (got.status, len(await desk.texts(chat))) == (403, 3)


# --- The term --------------------------------------------------------------------------------


async def test_the_term_shows_what_is_planned_skipped_announced_and_still_to_come(desk: Setting) -> None:
    await desk.says("series skip 2026-12-01", desk.house.place)
    await desk.says(f"chat announce chat={(await desk.planned()).id}", desk.house.place)
    page = (await desk.host.get(DESK)).text
    rows = re.findall(r'<li class="is-(\w+)">.*?datetime="(\d{4}-\d\d-\d\d)', page, re.DOTALL)
    stands = {day: how for how, day in rows}
    assert stands["2026-11-24"] == "announced"
    assert stands["2026-12-01"] == "skipped"
    assert stands["2026-12-08"] == "empty"
    assert stands["2027-02-09"] == "later"
    assert list(stands) == sorted(stands)
    later = page.partition('datetime="2027-02-09')[2].partition("</li>")[0]
    assert "<b>can be planned from 16 Dec</b>" in later


async def test_a_desk_without_a_weekly_chat_leads_to_the_form_that_makes_one(desk: Setting) -> None:
    await desk.says("series delete 1 sure=yes")
    async with desk.house.store.begin() as tx:
        await tx.connection.execute(update(t.chat).values(starts_at=SUNDAY - timedelta(weeks=40)))
    page = (await desk.host.get(DESK)).text
    [way] = re.findall(r'<a class="btn solid" href="([^"]+)">Make a weekly chat</a>', page)
    form = await desk.host.get(unescape(way))
    assert 'value="series create"' in form.text
    assert "No date lies within these weeks." not in page


async def test_a_held_chat_stands_there_with_its_answers_and_whether_it_is_out(desk: Setting) -> None:
    chat = await desk.planned()
    over = update(t.chat).where(t.chat.c.id == chat.id)
    async with desk.house.store.begin() as tx:
        await tx.connection.execute(over.values(state="tail", starts_at=SUNDAY - timedelta(days=5)))
    held = (await desk.host.get(DESK)).text.partition("Homework")[2].partition("</li>")[0]
    assert "with its hosts alone" in held
    assert "0 answers" in held
    await desk.says(f"archive publish chat={chat.id}", desk.house.place)
    assert "<b>published</b>" in (await desk.host.get(DESK)).text


# --- A plan ----------------------------------------------------------------------------------


async def test_questions_are_added_changed_moved_and_removed_and_the_times_follow(desk: Setting) -> None:
    chat = await desk.planned()
    page = await desk.host.get(f"{DESK}chat/{chat.id}/")
    assert times(page.text) == ["8:00", "8:01", "8:06", "8:14", "8:22", "8:54", "9:00"]
    for _ in range(4):
        page = await desk.plan("add", new="And one more of these")
    page = await desk.plan("save", text_2="What went wrong?", topic="Homework that matters")
    assert "Homework that matters" in page.text
    assert times(page.text)[2:5] == ["8:06", "8:12", "8:19"]
    page = await desk.plan("up.3")
    assert (await desk.texts(chat))[:3] == [QUESTIONS[0], QUESTIONS[2], "What went wrong?"]
    assert "The questions now stand in this order." in page.text
    page = await desk.plan("down.1", text_1="What worked?")
    assert (await desk.texts(chat))[:3] == [QUESTIONS[2], "What worked?", "What went wrong?"]
    page = await desk.plan("remove.2")
    assert (await desk.texts(chat))[:2] == [QUESTIONS[2], "What went wrong?"]
    assert page.status == 200


@pytest.mark.parametrize("words", [QUESTIONS[0], "x" * 1_990, 'What does "good" mean?', "1 + 1 = 2?"])
async def test_a_question_that_is_removed_is_shown_and_put_back_where_it_was(
    desk: Setting, words: str
) -> None:
    chat = await desk.planned()
    await desk.plan("save", text_1=words)
    got = await desk.plan("remove.1")
    assert await desk.texts(chat) == [*QUESTIONS[1:]]
    assert told(got)[0] == f"Q1 is out; later ones moved up. It read: {words}"
    lines = re.findall(r'name="line" value="(question add [^"]*)"', got.text)
    if "=" in words:
        assert lines == [], "it would be read as something else"
        return
    back = {"line": unescape(lines[0]), "page": f"chat/{chat.id}/"}
    assert (await desk.host.post(f"{DESK}do", back)).path.startswith(f"{DESK}chat/{chat.id}/")
    assert await desk.texts(chat) == [words, *QUESTIONS[1:]]
    again = await desk.host.post(f"{DESK}do", back)
    assert told(again)[0] == "That question is back already, as Q1; nothing was changed."
    assert await desk.texts(chat) == [words, *QUESTIONS[1:]]


async def test_the_order_in_which_a_script_sends_questions_is_theirs(desk: Setting) -> None:
    chat = await desk.planned()
    fields = filled((await desk.host.get(f"{DESK}chat/{chat.id}/")).text)
    moved = {name: fields.pop(name) for name in ("text.1", "text.2")}
    await desk.host.post(f"{DESK}chat/{chat.id}/", {**fields, **moved, "act": "save"})
    assert await desk.texts(chat) == [QUESTIONS[2], QUESTIONS[0], QUESTIONS[1]]


async def test_a_question_that_was_moved_in_the_same_form_is_removed_and_put_back_where_it_came(
    desk: Setting,
) -> None:
    chat = await desk.planned()
    fields = filled((await desk.host.get(f"{DESK}chat/{chat.id}/")).text)
    moved = {name: fields.pop(name) for name in ("text.1", "text.2")}
    got = await desk.host.post(f"{DESK}chat/{chat.id}/", {**fields, **moved, "act": "remove.1"})
    assert await desk.texts(chat) == [QUESTIONS[2], QUESTIONS[1]]
    [line] = re.findall(r'name="line" value="(question add [^"]*)"', got.text)
    await desk.host.post(f"{DESK}do", {"line": unescape(line), "page": f"chat/{chat.id}/"})
    assert await desk.texts(chat) == [QUESTIONS[2], QUESTIONS[0], QUESTIONS[1]]


async def test_a_question_that_somebody_else_changed_meanwhile_stays_as_they_left_it(desk: Setting) -> None:
    chat = await desk.planned()
    before = await desk.host.get(f"{DESK}chat/{chat.id}/")
    await desk.says(f"question edit 2 What went wrong? chat={chat.id}", desk.house.place)
    got = await desk.plan("save", before, text_2="What was bad?")
    assert got.status == 422
    assert sentences.CHANGED_MEANWHILE in unescape(got.text)
    assert "It says now:" in got.text
    assert "What was bad?" in got.text
    assert (await desk.texts(chat))[1] == "What went wrong?"
    again = await desk.plan("save", got)
    assert again.status == 200
    assert (await desk.texts(chat))[1] == "What was bad?"


async def test_words_for_a_question_that_is_gone_meanwhile_stand_among_the_new_ones(desk: Setting) -> None:
    chat = await desk.planned()
    before = await desk.host.get(f"{DESK}chat/{chat.id}/")
    await desk.says(f"question remove 3 chat={chat.id}", desk.house.place)
    got = await desk.plan("save", before, text_3="What was bad?")
    assert got.status == 422
    assert re.search(r'<textarea id="new"[^>]* aria-invalid="true"[^>]*>What was bad\?</textarea>', got.text)
    assert await desk.texts(chat) == [*QUESTIONS[:2]]
    assert (await desk.plan("add", got)).status == 200
    assert await desk.texts(chat) == [*QUESTIONS[:2], "What was bad?"]


@pytest.mark.parametrize("act", ["up.2", "remove.1"])
async def test_a_list_that_somebody_else_changed_meanwhile_keeps_its_order(desk: Setting, act: str) -> None:
    chat = await desk.planned()
    before = await desk.host.get(f"{DESK}chat/{chat.id}/")
    await desk.says(f"question reorder 3 2 1 chat={chat.id}", desk.house.place)
    got = await desk.plan(act, before)
    assert got.status == 422
    assert await desk.texts(chat) == list(reversed(QUESTIONS))


async def test_what_is_refused_is_said_in_one_sentence_and_what_was_typed_stays(desk: Setting) -> None:
    chat = await desk.planned()
    got = await desk.plan("add", new="x" * 2_001)
    assert got.status == 422
    assert "x" * 2_001 in got.text
    assert len(await desk.texts(chat)) == 3
    said = unescape(re.findall(r'role="alert">\s*<p>(.*?)</p>', got.text, re.DOTALL)[0])
    assert "2,000" in said
    assert "\n" not in said


async def test_questions_are_pasted_one_a_line_and_none_is_added_where_not_all_fit(desk: Setting) -> None:
    chat = await desk.planned()
    await desk.plan("add", new="4. What of it?\r\nQ5: And then?")
    assert (await desk.texts(chat))[3:] == ["What of it?", "And then?"]
    got = await desk.plan("add", new="\r\n".join(["Another one?"] * 60))
    assert got.status == 422
    assert got.text.count("Another one?") == 60
    assert len(await desk.texts(chat)) == 5


async def test_what_the_bot_answers_is_read_without_its_marks(desk: Setting) -> None:
    got = await desk.host.post(f"{DESK}do", {"line": "series pause 1"})
    assert "<code>series resume</code>" in got.text
    assert "`" not in got.text.partition('id="said"')[2].partition("</div>")[0]


async def test_a_form_that_is_sent_twice_is_done_once(desk: Setting) -> None:
    chat = await desk.planned()
    at = f"{DESK}chat/{chat.id}/"
    fields = filled((await desk.host.get(at)).text) | {"act": "add", "new": "Only once?"}
    first, second = await desk.host.post(at, fields), await desk.host.post(at, fields)
    assert (first.status, second.status) == (200, 200)
    assert (await desk.texts(chat)).count("Only once?") == 1


async def test_a_chat_is_moved_skipped_called_off_and_given_a_guest(desk: Setting) -> None:
    chat = await desk.planned()
    settle = f"{DESK}chat/{chat.id}/settle"
    await desk.house.join("Gus")
    invited = await desk.host.post(settle, {"act": "invite", "person": "Gus"})
    assert "<bdi>Gus</bdi>" in invited.text
    moved = await desk.host.post(settle, {"act": "move", "to": "26 Nov 7 pm"})
    assert "26 Nov 2026, 7:00 pm" in moved.text
    refused = await desk.host.post(settle, {"act": "move", "to": "yesterday"})
    assert refused.status == 422
    assert 'value="yesterday"' in refused.text
    asked = await desk.host.post(settle, {"act": "cancel", "reason": "Half-term"})
    line = unescape(re.findall(r'name="line" value="(chat cancel[^"]*)"', asked.text)[0])
    done = await desk.host.post(f"{DESK}do", {"line": line, "page": f"chat/{chat.id}/"})
    assert "called off" in done.text
    other = (await desk.chats())[1]
    skipped = await desk.host.post(f"{DESK}chat/{other.id}/settle", {"act": "skip"})
    assert skipped.path.startswith(DESK)
    assert (await desk.host.get(f"{DESK}chat/{other.id}/")).status == 404


@pytest.mark.parametrize(
    ("at", "fields", "wrong"),
    [
        ("settle", {"act": "move", "to": "yesterday"}, "to"),
        ("settle", {"act": "invite", "person": "Nobody we know"}, "person"),
        ("", {"act": "add", "new": "x" * 2_001}, "new"),
        ("", {"act": "save", "topic": "x" * 400, "topic_was": "Homework"}, "topic"),
    ],
)
async def test_a_refusal_is_tied_to_the_field_that_it_is_about(
    desk: Setting, at: str, fields: dict[str, str], wrong: str
) -> None:
    got = await desk.host.post(f"{DESK}chat/{(await desk.planned()).id}/{at}", fields)
    assert (got.status, invalid(got.text)) == (422, [wrong])


async def test_a_refused_setting_is_tied_to_its_field(desk: Setting) -> None:
    at = f"{DESK}series/1/"
    fields = settings((await desk.host.get(at)).text)
    got = await desk.host.post(at, fields | {"p.minutes": "no time at all", "p.title": "Sums"})
    assert (got.status, invalid(got.text)) == (422, ["p.minutes"])
    got = await desk.host.post(f"{at}skip", {"dates": "whenever"})
    assert (got.status, invalid(got.text)) == (422, ["dates"])


def invalid(page: str) -> list[str]:
    """The fields that are marked as wrong, each described by what was said."""
    assert 'id="said" class="said no" role="alert"' in page
    found = re.findall(r'<(?:input|textarea|select) [^>]*aria-invalid="true"[^>]*>', page)
    assert all(re.search(r'aria-describedby="said[" ]', one) for one in found)
    assert all(" autofocus=" in one for one in found)
    top = page.partition('id="said"')[2].partition("</div>")[0]
    assert re.findall(r'href="#([^"]+)">To the field', top) == [
        re.findall(r' id="([^"]+)"', one)[0] for one in found
    ]
    assert page.count('<div class="wrong">') == len(found)
    return [re.findall(r' name="([^"]+)"', one)[0] for one in found]


async def test_what_a_button_is_refused_stands_out_as_any_refusal(desk: Setting) -> None:
    chat = await desk.planned()
    got = await desk.host.post(f"{DESK}do", {"line": "series pause 99", "page": f"chat/{chat.id}/"})
    assert (got.status, got.path.startswith(f"{DESK}chat/{chat.id}/?said=")) == (200, True)
    assert 'id="said" class="said no" role="alert"' in got.text
    done = await desk.host.post(f"{DESK}do", {"line": "series pause 1", "page": ""})
    assert 'id="said" class="said" role="status"' in done.text


async def test_the_announcement_is_shown_beforehand_as_it_is_posted(desk: Setting) -> None:
    async with desk.house.store.begin() as tx:
        await tx.install("address", desk.house.base)
    at = f"{DESK}chat/{(await desk.planned()).id}/"
    before = announced((await desk.host.get(at)).text)
    assert f"\nJoin in your browser: {desk.house.base}/join/" in before
    reply = await desk.says(f"chat announce chat={(await desk.planned()).id}", desk.house.place)
    assert set(before.splitlines()[-3:]) <= set(reply.splitlines())
    assert announced((await desk.host.get(at)).text) == before


async def test_a_chat_of_tomorrow_is_announced_once_with_all_questions_that_were_added_together(
    desk: Setting,
) -> None:
    where = desk.house.place.native_id
    await desk.says(f'series create "Staff EdChat" when="every Monday 1 pm" place={where}')
    chat = await desk.planned()
    got = await desk.plan("add", new="\r\n".join(QUESTIONS), topic="Marking")
    assert (await desk.texts(chat), got.status) == ([*QUESTIONS], 200)
    assert told(got) == ["The topic is “Marking” now.", "Q1 to Q3 are added.", ANNOUNCED_NOW]


async def test_a_plan_says_beforehand_that_saving_tells_everybody_and_afterwards_what_it_changes(
    desk: Setting,
) -> None:
    at_once, along = "saving a question tells everybody at once", "changes the announcement, too"
    where = desk.house.place.native_id
    far = (await desk.host.get(f"{DESK}chat/{(await desk.planned()).id}/")).text
    assert at_once not in far
    assert along not in far
    await desk.says(f'series create "Staff EdChat" when="every Monday 1 pm" place={where}')
    at = f"{DESK}chat/{(await desk.planned()).id}/"
    before = (await desk.host.get(at)).text.partition('value="save"')[0]
    assert at_once in before
    await desk.plan("add", new="\r\n".join(QUESTIONS))
    await desk.house.app.scheduler.take_due()
    after = (await desk.host.get(at)).text
    assert along in after.partition('value="save"')[0]
    assert at_once not in after
    assert "What was announced" in after
    assert "Announce it now" not in after


async def test_questions_that_are_added_together_later_are_told_of_in_one_line(desk: Setting) -> None:
    assert told(await desk.plan("add", new="And this?\r\nAnd that?")) == ["Q4 to Q5 are added."]
    [one] = told(await desk.plan("add", new="And these?"))
    assert one == "Added as Q6; the chat now has 6 questions."


async def test_what_was_announced_in_a_room_reads_as_the_plan_does(tmp_path: Path) -> None:
    async with open_room(tmp_path, asked=0) as room:
        found = "select count(*) from room_message where text like 'Next chat:%' and text like :words"
        await room.until(found, 1, words="%What did not?%")
        await room.presses(room.host, f"question reorder 3 2 1 chat={room.chat_id}")
        await room.until(found, 1, words="%Q1: What will you try?%")


def told(got: Got) -> list[str]:
    """What the desk answered, line by line."""
    said = got.text.partition('<div id="said"')[2].partition("</div>")[0].partition(">")[2]
    lines = re.sub(r"<br ?/?>|</p>", "\n", said)
    return [line.strip() for line in unescape(re.sub(r"<[^>]+>", "", lines)).splitlines() if line.strip()]


def announced(page: str) -> str:
    """What a plan's page says will be announced."""
    return unescape(page.partition('<blockquote class="announced">')[2].partition("</blockquote>")[0])


async def test_a_button_does_what_its_own_person_may_and_no_more(desk: Setting) -> None:
    guest = await desk.house.join("Gus")
    chat = await desk.planned()
    await desk.says(f"host invite Gus chat={chat.id}", desk.house.place)
    got = await guest.post(f"{DESK}do", {"line": "series delete 1 sure=yes", "page": ""})
    assert "Only" in got.text
    assert len(await desk.chats()) > 1
    chat_gone = await desk.host.get(f"{DESK}chat/{2**60}/")
    assert chat_gone.status == 404


# --- A weekly chat's settings ----------------------------------------------------------------


def settings(page: str) -> dict[str, str]:
    """What the form of settings holds."""
    form = page.partition('class="ask">')[2].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    inputs = re.findall(r'<input id="[^"]+" name="([^"]+)" value="([^"]*)"', form)
    ticks = re.findall(r'type="(?:checkbox|radio)" name="([^"]+)" value="([^"]+)" checked', form)
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in (*hidden, *inputs, *ticks, *areas)}


async def test_settings_say_when_it_is_held_before_another_time_is_typed(desk: Setting) -> None:
    got = await desk.host.get(f"{DESK}series/1/")
    at_when = got.text.partition('for="f-when"')[2].partition("</p>")[0]
    assert "It is now: every Tuesday, 8:00 pm" in at_when
    assert "Europe/London" in got.text.partition('for="f-zone"')[2].partition("</p>")[0]


async def test_settings_change_what_was_changed_and_nothing_else(desk: Setting) -> None:
    at = f"{DESK}series/1/"
    fields = settings((await desk.host.get(at)).text)
    fields |= {"p.title": "Weekly Maths", "p.hashtag": "#maths", "p.anonymous_answers": "yes"}
    fields.pop("p.publish_at_once")
    got = await desk.host.post(at, fields)
    assert got.status == 200, got.text
    async with desk.house.store.read() as tx:
        series = await tx.series(1)
    assert (series.title, series.hashtag, series.anonymous_answers) == ("Weekly Maths", "#maths", True)
    assert (series.publish_at_once, series.tail.days, series.letters) == (False, 7, "Q/A")


async def test_settings_that_are_refused_stand_there_as_they_were_filled_in(desk: Setting) -> None:
    at = f"{DESK}series/1/"
    fields = settings((await desk.host.get(at)).text) | {"p.minutes": "soon", "p.anonymous_answers": "yes"}
    fields.pop("p.publish_at_once")
    got = await desk.host.post(at, fields)
    assert got.status == 422
    again = settings(got.text)
    assert (again["p.minutes"], again["p.anonymous_answers"]) == ("soon", "yes")
    assert "p.publish_at_once" not in again, "a box that was unticked stays so"


async def test_a_setting_that_was_emptied_is_none_and_one_that_was_changed_meanwhile_is_kept(
    desk: Setting,
) -> None:
    at = f"{DESK}series/1/"
    await desk.says('series edit 1 hashtag="#maths" about="For everybody"')
    fields = settings((await desk.host.get(at)).text)
    got = await desk.host.post(at, fields | {"p.about": ""})
    assert got.status == 200
    async with desk.house.store.read() as tx:
        series = await tx.series(1)
    assert (series.about, series.hashtag) == ("", "#maths")
    fields = settings((await desk.host.get(at)).text)
    await desk.says("series edit 1 title=Sums")
    kept = await desk.host.post(at, fields | {"p.title": "Numbers"})
    assert kept.status == 422
    assert sentences.CHANGED_MEANWHILE in unescape(kept.text)
    async with desk.house.store.read() as tx:
        assert (await tx.series(1)).title == "Sums"


async def test_a_break_is_left_out_and_a_weekly_chat_rests_and_goes_on(desk: Setting) -> None:
    got = await desk.host.post(f"{DESK}series/1/skip", {"dates": "22 Dec until 5 Jan"})
    assert "leaves out" in got.text
    resting = await desk.host.post(f"{DESK}do", {"line": "series pause 1", "page": "series/1/"})
    assert "Let it go on" in resting.text
    assert "resting" in (await desk.host.get(DESK)).text


async def test_during_the_hour_what_was_asked_stays_first_and_may_be_reworded(desk: Setting) -> None:
    chat = await desk.planned()
    for line in ("chat start", "chat next"):
        await desk.says(f"{line} chat={chat.id}", desk.house.place)
        await desk.house.app.scheduler.take_due()
    page = await desk.host.get(f"{DESK}chat/{chat.id}/")
    assert "asked; changing it changes its post" in page.text
    assert 'value="up.1"' not in page.text
    page = await desk.plan("up.3", text_1="What really worked?")
    assert page.status == 200, page.text
    assert await desk.texts(chat) == ["What really worked?", QUESTIONS[2], QUESTIONS[1]]
    assert 'name="topic"' not in page.text


async def test_whoever_is_forgotten_has_no_seat_any_more(desk: Setting) -> None:
    person, place = await on_another_network(desk, Role.HOST)
    dana = desk.house.stranger()
    await dana.post(await link_for(desk, person, place, Role.HOST))
    reply = await desk.house.app.tree.answer(Asker(person, place, Role.HOST), "privacy forget sure=yes")
    assert not reply.refused, reply.text
    assert (await dana.get(DESK)).status == 403
    async with desk.house.store.read() as tx:
        assert await tx.seat(desk.house.community.id, person.id) is None
