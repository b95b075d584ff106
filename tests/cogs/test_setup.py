"""A moderator's first ten minutes, by talking: set up, weekly chat, questions, rehearsal, announcement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.commands import Asker, CommandTree, Offer
from bot.commands.help import completed
from bot.core import sentences
from bot.core.audience import Audience, Reads
from bot.core.first_steps import NextStep
from bot.core.model import ChatState, Place, Refused, Role, Visibility
from bot.storage.doors.secrets import SecretKind
from cogs import every_cog
from tests.support.evening import evening
from tests.support.moderator import Moderator
from tests.support.planning_room import TUESDAY, PlanningRoom, planning_room

ADDRESS: Final = "https://chat.example.org"
QUESTIONS: Final = ("Why?", "How?", "What now?", "Who helps?", "When?", "What is next?")
LETTERS: Final = ("off", "members", "link", "public")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PlanningRoom]:
    async with planning_room(tmp_path) as opened:
        opened.tree = CommandTree(opened.store, opened.clock, *every_cog())
        yield opened


@pytest.fixture
async def browser(house: PlanningRoom) -> PlanningRoom:
    """The same bot with a community in the browser, and an address."""
    async with house.store.begin() as tx:
        await tx.install("address", ADDRESS)
        community = await tx.add_house("Edhouse in the browser", "America/New_York")
        places = await tx.places_of_community(community.id)
    house.place = next(place for place in places if place.id != community.hosts_place_id)
    house.hosts = next(place for place in places if place.id == community.hosts_place_id)
    return house


async def comes_in(house: PlanningRoom, name: str, place: Place | None = None, host: bool = True) -> Asker:
    """Somebody who comes into a room of the browser, as a host by a host's link."""
    async with house.store.begin() as tx:
        where = place or house.hosts
        person = await tx.join(where, name, house.clock.at)
        if host:
            secret = await tx.give_secret(SecretKind.HOST, where.community_id, house.clock.at)
            assert await tx.use_secret(secret, SecretKind.HOST, house.clock.at)
            await tx.make_community_host(where.community_id, person.id)
    return Asker(person, where)


async def first_ten_minutes(house: PlanningRoom, ana: Moderator) -> None:
    """From the first post in the hosts' room to an announced chat, by the buttons alone."""
    _, ana.offers = sentences.first_words()
    await ana.fills_in("Set up", where="edchat", readers="public")
    dates = await ana.fills_in(
        "Weekly chat", title="Weekly EdChat", when="every Tuesday 8 pm", zone="New York", hashtag="#edchat"
    )
    assert "Tue 24 Nov 2026, 8:00 pm ET; Tue 1 Dec 2026" in dates.text
    assert "Tue 8 Dec 2026, 8:00 pm ET; Tue 15 Dec 2026" in dates.text
    sheet = await ana.sends(await ana.opens("Yes, go on"), QUESTIONS, topic="Homework")
    assert "8:06 pm ET Q1: Why?" in sheet.text
    assert "8:54 pm ET wrap-up" in sheet.text
    await ana.presses("Rehearse")
    await house.later(seconds=70)
    await ana.presses("Announce")


async def test_from_the_host_link_to_an_announced_chat_in_eight_actions(browser: PlanningRoom) -> None:
    ana = Moderator(browser.tree, await comes_in(browser, "Ana"), actions=2)  # the link; the name, Continue
    await first_ten_minutes(browser, ana)
    assert ana.actions <= 8
    [chat, *_] = await browser.chats()
    assert (chat.state, chat.topic) == (ChatState.ANNOUNCED, "Homework")
    assert [text.splitlines()[0] for text in await browser.posts()] == ["Next chat: Homework #edchat"]


async def test_the_same_way_leads_on_where_rooms_are_a_network_s_own(house: PlanningRoom) -> None:
    ana = Moderator(house.tree, await house.asker("Ana", Role.HOST, house.hosts), actions=2)
    await first_ten_minutes(house, ana)
    assert ana.actions <= 8
    assert (await house.series()).visibility is Visibility.PUBLIC


# --- Set up ----------------------------------------------------------------------------------


async def test_setup_alone_asks_three_things_and_presets_none(house: PlanningRoom) -> None:
    reply = await house.say("setup", place=house.hosts)
    assert reply.private
    assert reply.offers == (Offer("Set up", "setup", form=True),)
    assert "Where: edchat." in reply.text
    assert all(f"{choice}: " in reply.text for choice in LETTERS)
    assert "Still open: where the chat is held and who may read it afterwards." in reply.text
    ana = await house.asker("Ana", Role.HOST, house.hosts)
    form = await house.tree.form(ana, "setup")
    assert form.given == {}
    [readers] = [param for param in form.command.params if param.name == "readers"]
    assert (readers.default, tuple(readers.meanings)) == (None, LETTERS)
    assert readers.meanings["members"] == "Members of this place can read the answers afterwards."
    assert await house.tree.suggest(ana, "setup", "where", "") == ("edchat",)


async def test_what_is_missing_is_asked_for_and_what_was_said_is_kept_in_the_form(
    house: PlanningRoom,
) -> None:
    reply = await house.say('setup where=edchat hosts="Dana; Tom"')
    assert reply.offers == (Offer("Set up", 'setup where=edchat hosts="Dana; Tom"', form=True),)
    assert reply.text.startswith("Chats will be held in edchat. Two things more, then you can begin: ")
    assert reply.text.endswith("Still open: who may read it afterwards.")
    assert "Where:" not in reply.text
    reply = await house.say("setup readers=off")
    assert reply.text.endswith("Still open: where the chat is held.")
    assert (await house.rows("SELECT * FROM installation WHERE name LIKE 'readers.%'")) == []


async def test_where_the_browser_has_but_one_room_nobody_is_asked_for_it(browser: PlanningRoom) -> None:
    ana = await comes_in(browser, "Ana")
    asked = await browser.tree.answer(ana, "setup")
    assert asked.text.endswith("Still open: who may read it afterwards.")
    settled = await browser.tree.answer(ana, "setup readers=link")
    assert settled.text.startswith(f"Ready: chats are held in {browser.place.name}.")


@pytest.mark.parametrize("readers", LETTERS)
async def test_who_may_read_holds_for_the_weekly_chats_made_after_it(
    house: PlanningRoom, readers: str
) -> None:
    reply = await house.say(f"setup where=edchat readers={readers}")
    assert reply.text.splitlines() == [
        f"Ready: chats are held in edchat. {sentences.WHO_READS[readers]}",
        "Missing: a weekly chat.",
    ]
    assert reply.offers == (Offer("Weekly chat", "series create", form=True),)
    await house.say('series create Tuesday when="every Tuesday 8 pm"')
    assert (await house.series()).visibility == readers
    await house.say('series create Friday when="every Friday 8 pm" readers=link')
    assert [one[0] for one in await house.rows("SELECT visibility FROM series ORDER BY id")] == [
        readers,
        "link",
    ]


async def test_without_setup_a_weekly_chat_is_for_members(house: PlanningRoom) -> None:
    await house.say('series create Tuesday when="every Tuesday 8 pm"')
    assert (await house.series()).visibility is Visibility.MEMBERS


async def test_set_up_again_changes_one_thing_and_says_what_is_next(house: PlanningRoom) -> None:
    await house.say("setup where=edchat readers=members")
    chat = await house.planned("Why?")
    reply = await house.say("setup readers=public")
    assert reply.text.splitlines() == [
        "Ready: chats are held in edchat. Everybody can read the answers afterwards.",
        "Homework on Tue 24 Nov 2026, 8:00 pm ET is not announced yet.",
        "Weekly chats made before keep their readers; `series edit readers=...` changes them.",
    ]
    assert [offer.label for offer in reply.offers] == ["Rehearse", "Announce", "Questions"]
    form = await house.tree.form(await house.asker("Ana"), "setup")
    assert form.given == {"where": "edchat", "readers": "public"}
    await house.say(f"chat announce chat={chat.id}")
    assert "Nothing is missing" in (await house.say("setup")).text


async def test_a_weekly_chat_without_questions_is_what_is_missing_next(house: PlanningRoom) -> None:
    await house.say('series create Tuesday when="every Tuesday 8 pm"')
    reply = await house.say("setup where=edchat readers=link")
    assert "Missing: the questions for Tuesday on Tue 24 Nov 2026, 8:00 pm GMT." in reply.text
    [first, *_] = await house.chats()
    assert reply.offers == (Offer("Questions", f"chat plan chat={first.id}", form=True),)


async def test_with_several_rooms_the_weekly_chat_is_held_where_setup_said(house: PlanningRoom) -> None:
    async with house.store.begin() as tx:
        other = await tx.add_place(house.place.community_id, "terminal", "3", "the annex")
    reply = await house.say('setup where="the annex" readers=link')
    assert reply.offers == (Offer("Weekly chat", 'series create place="the annex"', form=True),)
    await house.say('series create Tuesday when="every Tuesday 8 pm"', place=house.hosts)
    async with house.store.read() as tx:
        assert [one.title for one in await tx.series_here(other.id)] == ["Tuesday"]
    form = await house.tree.form(await house.asker("Ana"), "series create")
    assert form.given == {
        "zone": "Europe/London", "minutes": "60", "pace": "hour",
        "letters": "Q/A", "readers": "link", "place": "the annex",
    }  # fmt: skip


async def test_the_hosts_room_is_no_room_for_everybody(house: PlanningRoom) -> None:
    reply = await house.say("setup where=edchat-hosts readers=link")
    assert (reply.text, reply.refused) == (sentences.SETUP_HOSTS_ROOM, True)


async def test_a_room_of_another_network_is_none_of_these(browser: PlanningRoom) -> None:
    async with browser.store.begin() as tx:
        await tx.add_place(browser.place.community_id, "terminal", "9", "prompt")
    reply = await browser.tree.answer(await comes_in(browser, "Ana"), "setup where=prompt readers=link")
    assert (reply.text, reply.refused) == (sentences.SETUP_OTHER_NETWORK, True)


async def test_only_hosts_set_up(house: PlanningRoom) -> None:
    assert (await house.say("setup where=edchat readers=public", "Eve", Role.ANYONE)).refused
    assert await house.rows("SELECT * FROM installation WHERE name LIKE 'readers.%'") == []


# --- Who moderates ---------------------------------------------------------------------------


async def test_on_a_network_of_its_own_names_are_trusted(house: PlanningRoom) -> None:
    await house.asker("Dana")
    reply = await house.say('setup where=edchat readers=link hosts="Dana, Tom; nobody else"')
    assert "Dana is a host from now on." in reply.text
    assert "I cannot tell who Tom is;" in reply.text
    assert not (await house.say("setup", "Dana", Role.ANYONE)).refused
    assert (await house.say("setup", "Tom", Role.ANYONE)).refused


async def test_in_the_browser_a_name_is_no_proof_so_a_link_makes_the_host(browser: PlanningRoom) -> None:
    ana, dana = await comes_in(browser, "Ana"), await comes_in(browser, "Dana", browser.place, host=False)
    reply = await browser.tree.answer(ana, 'setup where=edchat readers=link hosts="Dana; ANA"')
    assert reply.private
    assert "ANA is a host already." in reply.text
    assert (await browser.tree.answer(dana, "setup")).refused
    [link] = [line.strip() for line in reply.text.splitlines() if "/in/" in line]
    secret = link.removeprefix(f"{ADDRESS}/in/")
    async with browser.store.begin() as tx:
        opened = await tx.use_secret(secret, SecretKind.HOST, browser.clock.at)
        assert opened is not None
        assert (opened.community_id, opened.place_id) == (browser.place.community_id, browser.hosts.id)
        assert await tx.use_secret(secret, SecretKind.HOST, browser.clock.at) is None


async def test_more_names_than_any_chat_has_hosts_are_refused(house: PlanningRoom) -> None:
    names = ";".join(f"Host{number}" for number in range(21))
    reply = await house.say(f'setup where=edchat readers=link hosts="{names}"')
    assert (reply.text, reply.refused) == (
        "That is more than 20 names; please give them in several goes.",
        True,
    )


# --- Forms -----------------------------------------------------------------------------------


async def test_edit_opens_with_the_present_words(house: PlanningRoom) -> None:
    chat = await house.planned("Why?", "How so?")
    ana = Moderator(house.tree, await house.asker("Ana"))
    await ana.types(f"chat plan chat={chat.id} Homework")
    form = await ana.opens("Edit Q2")
    assert form.given == {"number": "2", "chat": str(chat.id), "text": "How so?"}
    await ana.sends(form, text="How else?")
    assert [question.text for question in await house.questions(chat.id)] == ["Why?", "How else?"]


async def test_questions_open_as_they_are_drafted(house: PlanningRoom) -> None:
    chat = await house.planned("Why?", "How?")
    form = await house.tree.form(await house.asker("Ana"), f"chat plan chat={chat.id}")
    assert form.given == {"chat": str(chat.id), "topic": "Homework", "questions": "Why?\nHow?"}


async def test_change_it_opens_the_weekly_chat_as_it_is_and_sending_it_unchanged_moves_nothing(
    house: PlanningRoom,
) -> None:
    ana = Moderator(house.tree, await house.asker("Ana"))
    await ana.types('series create Tuesday when="every Tuesday 8 pm" zone="New York" minutes=45')
    before = [(chat.id, chat.starts_at, chat.ends_at) for chat in await house.chats()]
    form = await ana.opens("Change it")
    assert (form.given["title"], form.given["minutes"], form.given["readers"]) == ("Tuesday", "45", "members")
    await ana.sends(form, hashtag="#tue")
    after = [(chat.id, chat.starts_at, chat.ends_at) for chat in await house.chats()]
    assert ((await house.series()).hashtag, after) == ("#tue", before)


async def test_a_form_stays_one_in_the_queue_and_rows_from_before_there_were_forms_are_read(
    house: PlanningRoom,
) -> None:
    text, offers = sentences.first_words()
    async with house.store.begin() as tx:
        await tx.post(house.hosts, text, (*offers, Offer("Help", "help")), "hello", house.clock.at)
        old = '{"text": "Old", "offers": [["Pause", "chat pause"]]}'
        await tx.post(house.place, "Old", (), "old", house.clock.at)
        await tx.connection.exec_driver_sql("UPDATE outbox SET payload = ? WHERE key = 'old'", (old,))
        queued = [await tx.waiting_in(place.id) for place in (house.hosts, house.place)]
    assert [row.offers for row in queued if row] == [
        (Offer("Set up", "setup", form=True), Offer("Help", "help")), (Offer("Pause", "chat pause"),),
    ]  # fmt: skip


async def test_at_the_prompt_a_form_is_a_line_with_what_it_asks_for(house: PlanningRoom) -> None:
    lines = {
        offer.label: completed(offer.line, house.tree.commands)
        for offer in (*sentences.first_words()[1], *sentences.step_offers(NextStep.WEEKLY_CHAT, None, ""))
    }
    assert lines == {
        "Set up": "setup [where=...] [hosts=...] [readers=...]",
        "Weekly chat": "series create title when=...",
    }
    assert completed("question edit 2 chat=1", house.tree.commands) == "question edit 2 chat=1 text"
    assert (
        completed("chat plan chat=1", house.tree.commands)
        == "chat plan chat=1 [topic] [lines below: questions]"
    )


async def test_a_form_is_for_those_who_may_send_it(house: PlanningRoom) -> None:
    await house.planned()
    eve = await house.asker("Eve", Role.ANYONE)
    for line in ("setup", "chat plan chat=1", "question edit 1 chat=1", "series create"):
        with pytest.raises(Refused):
            await house.tree.form(eve, line)


# --- Rehearse and announce -------------------------------------------------------------------


async def test_nothing_of_a_rehearsal_in_the_browser_is_announced_or_archived(browser: PlanningRoom) -> None:
    ana = Moderator(browser.tree, await comes_in(browser, "Ana"))
    await ana.types("setup where=edchat readers=public")
    await ana.types('series create Weekly when="every Tuesday 8 pm"')
    await ana.types("chat plan Homework\nWhy?\nHow?")
    await ana.presses("Rehearse")
    await browser.later(minutes=2)
    [rehearsal] = await browser.rows("SELECT id, slug, published_at, state FROM chat WHERE rehearsal")
    assert (rehearsal.slug, await browser.posts()) == (None, [])
    played = await browser.posts(rehearsal.id, browser.hosts)
    assert [text for text in played if text[:3] in ("Q1:", "Q2:")] == ["Q1: Why?", "Q2: How?"]
    assert not any(text.startswith("Next chat") for text in played)
    [chat, *_] = await browser.chats()
    assert chat.state is ChatState.PLANNED


async def test_a_rehearsal_stands_in_the_hosts_room_of_the_browser_and_nowhere_else(tmp_path: Path) -> None:
    async with evening(tmp_path, *every_cog(), rooms="browser") as room:
        reply = await room.asks("mod", "chat rehearse", Role.HOST, room.hosts)
        assert not reply.refused, reply.text
        await room.until(3 - 24 * 60)
        rows = await room.rows("SELECT place_id, text, thread_name FROM room_message ORDER BY id")
        elsewhere = [row.text for row in rows if row.place_id != room.hosts.id]
        assert [text.partition("\n")[0] for text in elsewhere] == ["Next chat: Thursday Chat #edchat"], (
            "the chat itself, the day before, and nothing else"
        )
        assert not any(row.text.startswith("Next chat") for row in rows if row.place_id == room.hosts.id)
        asked = [(row.text, row.thread_name) for row in rows if row.text[:1] == "Q" and ": " in row.text[:4]]
        assert [text for text, _ in asked] == [
            "Q1: What do you read?", "Q2: What do they read?", "Q3: Where do you read?",
        ]  # fmt: skip
        assert [thread for _, thread in asked] == ["23 Nov " + text.replace(": ", " ") for text, _ in asked]
        [rehearsal] = await room.rows("SELECT id, slug, state FROM chat WHERE rehearsal")
        assert (rehearsal.slug, rehearsal.state) == (None, "tail")
        async with room.store.read() as tx:
            audience = Audience(room.place.community_id, Reads.HOSTS)
            assert await tx.chat_page(rehearsal.id, audience) is None
            assert await tx.count_held(audience) == 0


async def test_what_was_announced_by_hand_is_not_announced_the_day_before(house: PlanningRoom) -> None:
    chat = await house.planned("Why?", "How?")
    reply = await house.say(f"chat announce chat={chat.id}")
    assert reply.text.splitlines() == [
        "Announced in edchat. To share:", "Homework", "Tue 24 Nov 2026, 8:00 pm ET, 60 minutes.",
    ]  # fmt: skip
    assert await house.posts() == [
        "Next chat: Homework\nTue 24 Nov 2026, 8:00 pm ET, 60 minutes.\nQ1: Why?\nQ2: How?"
    ]
    await house.at(TUESDAY - timedelta(minutes=1))
    assert [text.partition(" ")[0] for text in await house.posts()] == ["Next", "Homework"]


async def test_announcing_twice_posts_once_and_gives_the_words_again(house: PlanningRoom) -> None:
    chat = await house.planned("Why?")
    first = await house.say(f"chat announce chat={chat.id}")
    again = await house.say(f"chat announce chat={chat.id}", "Ben")
    assert again.text == first.text.replace("Announced in edchat.", "It was announced already.")
    assert len(await house.posts()) == 1


async def test_after_it_was_announced_questions_change_without_another_announcement(
    house: PlanningRoom,
) -> None:
    chat = await house.planned("Why?")
    await house.say(f"chat announce chat={chat.id}")
    await house.deliver()
    reply = await house.say(f"chat plan chat={chat.id}\nWhy?\nHow?")
    assert "Announced" not in reply.text
    await house.say(f'series move {chat.id} to="25 Nov 7 pm"')
    await house.at(TUESDAY + timedelta(hours=22))
    heads = [text.partition(" ")[0] for text in await house.posts()]
    assert heads.count("Next") == 1


async def test_a_chat_without_questions_is_not_announced(house: PlanningRoom) -> None:
    await house.say('series create Tuesday when="every Tuesday 8 pm"')
    reply = await house.say("chat announce")
    assert (reply.refused, "has no questions yet" in reply.text, await house.posts()) == (True, True, [])


async def test_a_chat_that_runs_is_not_announced(house: PlanningRoom) -> None:
    chat = await house.opened("Why?")
    assert (await house.say(f"chat announce chat={chat.id}")).text == "This chat has already begun."


@pytest.mark.parametrize(
    ("readers", "page"),
    [
        ("public", f"{ADDRESS}/edhouse-in-the-browser/weekly/2026-11-24/"),
        ("link", f"{ADDRESS}/l/"),
        ("members", None),
        ("off", None),
    ],
)
async def test_words_to_share_lead_in_and_to_the_page_where_strangers_may_read(
    browser: PlanningRoom, readers: str, page: str | None
) -> None:
    ana = Moderator(browser.tree, await comes_in(browser, "Ana"))
    await ana.types(f"setup where=edchat readers={readers}")
    await ana.types('series create Weekly when="every Tuesday 8 pm"')
    await ana.types("chat plan Homework\nWhy?")
    reply = await ana.presses("Announce")
    async with browser.store.begin() as tx:
        join = f"{ADDRESS}/join/{await tx.join_secret(browser.place.id)}"
    [posted] = await browser.posts()
    for text in (reply.text, posted):
        assert (f"Join in your browser: {join}" in text.splitlines()) is (text == reply.text)
        shown = [line.removeprefix("Its page: ") for line in text.splitlines() if line.startswith("Its page")]
        assert [link.startswith(page or "?") for link in shown] == [True] * (page is not None)
        assert [link.rstrip("/").endswith("/2026-11-24") for link in shown] == [True] * (page is not None)
        assert (f"For your calendar: {page}event.ics" in text.splitlines()) == (readers == "public")


async def test_a_page_s_address_leaves_out_the_community_where_the_settings_do(browser: PlanningRoom) -> None:
    async with browser.store.begin() as tx:
        await tx.install("prefix", "no")
    ana = Moderator(browser.tree, await comes_in(browser, "Ana"))
    await ana.types('series create Weekly when="every Tuesday 8 pm" readers=public place=edchat')
    await ana.types("chat plan Homework\nWhy?")
    assert f"Its page: {ADDRESS}/weekly/2026-11-24/" in (await ana.presses("Announce")).text


# --- A role of hosts -------------------------------------------------------------------------


async def test_a_role_that_is_named_among_the_hosts_makes_hosts_of_its_members(house: PlanningRoom) -> None:
    await house.say("series list", "Dana", Role.ANYONE)
    reply = await house.say('setup where=edchat readers=off hosts="<@&123>; Dana"')
    assert "Whoever has the role <@&123> is a host from now on." in reply.text
    assert "Dana is a host from now on." in reply.text
    async with house.store.read() as tx:
        assert await tx.host_role(house.place.community_id) == "123"


async def test_two_roles_are_one_too_many_and_our_own_rooms_know_none(browser: PlanningRoom) -> None:
    ana = await comes_in(browser, "Ana")
    two = await browser.tree.answer(ana, 'setup where=edchat readers=off hosts="<@&1>; <@&2>"')
    assert (two.refused, two.text) == (True, sentences.HOSTS_ROLES)
    one = await browser.tree.answer(ana, 'setup where=edchat readers=off hosts="<@&1>"')
    assert (one.refused, one.text) == (True, sentences.HOSTS_ROLE_HERE)


async def test_before_the_first_weekly_chat_a_form_asks_for_the_zone_that_nobody_named(
    browser: PlanningRoom,
) -> None:
    async with browser.store.begin() as tx:
        await tx.change_house(browser.place.community_id, {"zone": "UTC"})
    ana = await comes_in(browser, "Ana")
    form = await browser.tree.form(ana, "series create place=edchat")
    assert "zone" not in form.given
    assert form.needs(form.command.param("zone"))
    made = await browser.tree.answer(
        ana, 'series create Maths when="every Tue 8 pm" zone=Boston place=edchat'
    )
    assert "8:00 pm New York (ET)" in made.text
    form = await browser.tree.form(ana, "series create place=edchat")
    assert form.given["zone"] == "America/New_York"
    assert not form.needs(form.command.param("zone"))


async def test_a_rehearsal_says_that_nobody_reads_it_and_promises_nothing(house: PlanningRoom) -> None:
    await house.say("setup where=edchat readers=public")
    chat = await house.planned("Why?")
    await house.say("chat rehearse", place=house.hosts)
    await house.later(seconds=90)
    told = "\n".join(await house.posts(place=house.hosts))
    assert sentences.REHEARSED in told
    assert not [one for one in sentences.READERS.values() if one in told]
    assert "That was the rehearsal of Homework." in told
    assert "Late answers" not in told
    await house.at(chat.starts_at)
    assert sentences.READERS["public"] in "\n".join(await house.posts(chat.id))
