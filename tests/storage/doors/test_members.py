"""Members: who joined, under which name, what hosts hold against them, and which links lead in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.core.hearing import Author
from bot.core.model import Refused, Series, Visibility
from bot.storage.doors.members import Membership
from bot.storage.doors.secrets import SecretKind
from bot.storage.schema import tables as t
from tests.support.web_house import WebHouse

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


async def test_who_joins_is_a_member_from_then_on(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        ana = await tx.join(web.place, "  Ana\u202e  Lopez ", NOW)
        assert (ana.name, ana.platform, len(ana.native_id)) == ("Ana Lopez", "browser", 20)
        assert await tx.person_by_id(ana.id, web.community.id) == ana
        assert await tx.membership(web.community.id, ana.id) == Membership(NOW)
        assert await tx.membership(web.community.id, 999) is None
        assert await tx.still_member(ana.id, web.community.id)
        assert not await tx.still_member(999, web.community.id)


async def test_two_people_never_share_a_native_id(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        joined = [await tx.join(web.place, f"Reader {n}", NOW) for n in range(20)]
    assert len({person.native_id for person in joined}) == 20


async def test_names_of_everybody_known_here_are_taken_and_those_elsewhere_are_free(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        other = await tx.add_house("History Chat", "Europe/London")
        room = next(p for p in await tx.places_of_community(other.id) if p.id != other.hosts_place_id)
        await tx.join(room, "Zed", NOW)
        mo = await tx.person("browser", Author("mo", "Mo"), web.community.id)
        await tx.make_community_host(web.community.id, mo.id)
        ben = await tx.join(web.place, "Ben", NOW)
        await tx.set_consent(ben.id, web.community.id, NOW, pseudonym="Bookworm")
        for taken in ("MO", "ben", "Веn", "book worm", "Maths Chat", "EdChat"):
            with pytest.raises(Refused, match="That name belongs to somebody here"):
                await tx.join(web.place, taken, NOW)
        assert (await tx.join(web.place, "Zed", NOW)).name == "Zed"


async def test_the_same_form_is_the_same_person_in_its_room_for_a_while(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        first = await tx.join(web.place, "Ana", NOW, once="key")
        assert await tx.join(web.place, "Other", NOW + timedelta(minutes=10), once="key") == first
        with pytest.raises(Refused):
            await tx.join(web.place, "Ana", NOW, once="another key")


async def test_hosts_hold_release_ban_and_unban(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        ana = await tx.join(web.place, "Ana", NOW)
        here, token = web.community.id, await tx.give_secret(SecretKind.SESSION, 1, NOW, person_id=ana.id)
        await tx.hold(here, ana.id, NOW)
        assert await tx.membership(here, ana.id) == Membership(NOW, held=True)
        assert await tx.signed_in([token], here, NOW) == (ana, Membership(NOW, held=True))
        await tx.release(here, ana.id)
        await tx.ban(here, ana.id, NOW)
        assert await tx.membership(here, ana.id) == Membership(NOW, banned=True)
        assert not await tx.still_member(ana.id, here)
        assert await tx.signed_in([token], here, NOW) is None
        await tx.unban(here, ana.id)
        assert await tx.still_member(ana.id, here)
        assert await tx.signed_in([token], here, NOW) is None
        with pytest.raises(Refused, match="no member"):
            await tx.ban(here, 999, NOW)


async def test_marks_by_name_and_without_are_put_on_and_taken_off_each_by_itself(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        ana, here = await tx.join(web.place, "Ana", NOW), web.community.id
        for _ in range(2):
            await tx.hold(here, ana.id, NOW)
            await tx.ban(here, ana.id, NOW)
            await tx.hold_for(here, ana.id, "7")
            await tx.ban(here, ana.id, NOW, answer="7")
        every = await tx.membership(here, ana.id)
        assert every is not None
        assert (every.held, every.banned) == (True, True)
        (held,), (banned,) = keys = every.held_nameless, every.banned_nameless
        assert len({held, banned, ""}) == 3
        await tx.release(here, ana.id)
        await tx.unban(here, ana.id)
        without = Membership(NOW, held_nameless=keys[0], banned_nameless=keys[1])
        assert await tx.membership(here, ana.id) == without
        assert not await tx.still_member(ana.id, here)
        assert await tx.rooms_of(ana.id) == ()
        assert await tx.lift(here + 1, held) is None
        assert await tx.lift(here, "") is None
        assert await tx.lift(here, banned) is None, "what is held of them stays held"
        assert await tx.still_member(ana.id, here)
        assert await tx.membership(here, ana.id) == Membership(NOW, held_nameless=keys[0])
        assert await tx.lift(here, held) == ana.id
        assert await tx.membership(here, ana.id) == Membership(NOW)


async def test_each_answer_brings_a_mark_of_its_own_and_the_last_to_go_lets_its_writer_in(
    web: WebHouse,
) -> None:
    async with web.store.begin() as tx:
        ana, here = await tx.join(web.place, "Ana", NOW), web.community.id
        ben = await tx.join(web.place, "Ben", NOW)
        for who, answer in ((ana, "7"), (ana, "8"), (ben, "9"), (ana, "7")):
            await tx.hold_for(here, who.id, answer)
            await tx.ban(here, who.id, NOW, answer=answer)
        found = [await tx.membership(here, one.id) for one in (ana, ben)]
        assert [len(one.held_nameless) if one else 0 for one in found] == [2, 1]
        assert len({key for one in found if one for key in (*one.held_nameless, *one.banned_nameless)}) == 6
        first, last = found[0].held_nameless if found[0] else ("", "")
        assert await tx.lift(here, f"{first} {last}") is None, "nobody tries whether two are of one person"
        assert await tx.lift(here, first) is None
        assert await tx.lift(here, first) is None
        assert await tx.lift(here, last) == ana.id
        out = found[0].banned_nameless if found[0] else ()
        for key in out:
            assert not await tx.still_member(ana.id, here)
            assert await tx.lift(here, key) is None
        assert await tx.membership(here, ana.id) == Membership(NOW)
        assert await tx.membership(here, ben.id) == found[1]


async def test_a_session_is_good_in_its_own_community_alone(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        other = await tx.add_house("History Chat", "Europe/London")
        ana = await tx.join(web.place, "Ana", NOW)
        await tx.make_member(other.id, ana.id, NOW)
        token = await tx.give_secret(SecretKind.SESSION, web.community.id, NOW, person_id=ana.id)
        assert await tx.signed_in([token], web.community.id, NOW) is not None
        assert await tx.signed_in([token], other.id, NOW) is None
        assert await tx.signed_in([], web.community.id, NOW) is None


async def test_nobody_is_a_member_where_network_or_community_went_away(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        place = await tx.add_place(web.community.id, "discord", "77", "general")
        dana = await tx.person("discord", Author("1", "Dana"), web.community.id)
        ana = await tx.join(web.place, "Ana", NOW)
        await tx.make_member(web.community.id, dana.id, NOW)
        both = (dana.id, ana.id)
        assert [await tx.still_member(one, web.community.id) for one in both] == [True, True]
        await tx.connection.execute(update(t.place).where(t.place.c.id == place.id).values(left_at=NOW))
        assert [await tx.still_member(one, web.community.id) for one in both] == [False, True]
        await tx.connection.execute(update(t.community).values(left_at=NOW))
        assert [await tx.still_member(one, web.community.id) for one in both] == [False, False]


async def test_who_leaves_keeps_no_key(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        ana = await tx.join(web.place, "Ana", NOW)
        token = await tx.give_secret(SecretKind.RETURN, web.community.id, NOW, person_id=ana.id)
        await tx.left_community(web.community.id, ana.id, NOW)
        assert await tx.membership(web.community.id, ana.id) is None
        assert await tx.secret(token, SecretKind.RETURN, NOW) is None


async def test_a_rooms_link_stays_the_same_until_a_new_one_is_made(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        secret = await tx.join_secret(web.place.id)
        assert await tx.join_secret(web.place.id) == secret
        assert await tx.place_by_join_secret(secret) == web.place
        new = await tx.new_join_secret(web.place.id)
        assert new != secret
        assert await tx.place_by_join_secret(secret) is None
        assert await tx.place_by_join_secret(new) == web.place
        hosts = await tx.join_secret(web.hosts.id)
        assert await tx.place_by_join_secret(hosts) is None


async def test_a_weekly_chats_link_opens_that_chat_in_its_community(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        other = await tx.add_house("History Chat", "Europe/London")
        one, two = [
            await tx.add_series(Series(0, 1, title, visibility=Visibility.LINK), web.place.id, (), NOW)
            for title in ("One", "Two")
        ]
        secrets = [await tx.link_secret(series.id) for series in (one, two)]
        found = await tx.series_by_link_secret(secrets[0])
        assert found is not None
        assert found.id == one.id
        assert await tx.series_held([*secrets, "wrong"], 1) == {one.id, two.id}
        assert await tx.series_held(secrets, other.id) == frozenset()
        await tx.new_link_secret(two.id)
        await tx.delete_series(one.id, NOW)
        assert await tx.series_held(secrets, 1) == frozenset()


async def test_members_are_listed_by_name_with_what_they_are(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        _, ana = [await tx.join(web.place, name, NOW) for name in ("Mo", "Ana")]
        await tx.make_community_host(web.community.id, ana.id)
        found = [(person.name, member.host) for person, member in await tx.members(web.community.id)]
    assert found == [("Ana", True), ("Mo", False)]
