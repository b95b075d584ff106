"""What must be so after every history on Discord, read from its channels and from the database file."""

from __future__ import annotations

from bot.core.grammar import command_text
from bot.core.model import Place
from tests.simulation.invariants import (
    database_whole,
    dropped_and_told,
    everything_sent,
    hours,
    in_order,
    places_free,
    steps_settled,
    stored,
)
from tests.support.discord_network import DiscordNetwork
from tests.support.fake_discord.places import Message
from tests.support.house import House

_SAID = frozenset({0, 19})
"""The types of messages that somebody wrote."""


async def check_on_discord(house: House) -> None:
    """Check everything."""
    assert house.discord is not None
    for place in (house.discord.place, house.discord.other, *lounges(house)):
        messages = standing(house.discord, place)
        ours = [one for one in messages if one.author.bot]
        posted_once(ours)
        questions_once_in_order(house, place, ours)
        all_heard(house, place, [one for one in messages if not one.author.bot])
    everything_sent(house)
    steps_settled(house)
    places_free(house)
    dropped_and_told(house)
    database_whole(house)


def lounges(house: House) -> list[Place]:
    """The channels that were opened later."""
    query = "SELECT id, community_id, platform, native_id, name FROM place WHERE name = 'lounge'"
    return [Place(*row) for row in house.rows(query)]


def standing(net: DiscordNetwork, place: Place) -> list[Message]:
    """All that people and the bot wrote in a channel and its threads, in order."""
    rooms = [net.channel(place), *net.threads_of(place)]
    found = [one for room in rooms for one in net.fake.world.messages[room.id].values()]
    return sorted((one for one in found if one.type in _SAID), key=lambda one: one.id)


def posted_once(ours: list[Message]) -> None:
    """Every key of a post stands in a channel once."""
    keys = [one.nonce for one in ours]
    assert len(keys) == len(set(keys)), "a key was posted twice"


def questions_once_in_order(house: House, place: Place, ours: list[Message]) -> None:
    """A chat's questions are posted with rising numbers, and none after its closing post."""
    chat_of = dict(house.rows("SELECT platform_message_id, chat_id FROM outbox WHERE place_id = ?", place.id))
    shown: dict[int, list[str]] = {}
    for one in ours:
        assert str(one.id) in chat_of, f"posted and not confirmed: {one.content}"
        if one.channel_id == int(place.native_id):
            shown.setdefault(chat_of[str(one.id)], []).append(one.content)
    for chat, texts in shown.items():
        in_order(chat, place, texts)


def all_heard(house: House, place: Place, said: list[Message]) -> None:
    """What was said in an hour is stored with its newest words, and what was deleted has none."""
    kept = {row: one for row, one in stored(house, place).items() if not row.startswith("form:")}
    texts = {str(one.id): one.content for one in said}
    held = hours(house, place)
    for one in said:
        if command_text(one.content) is None and any(begin <= one.sent <= end for begin, end in held):
            assert str(one.id) in kept, f"lost in {place.name}: {one.content}"
    for native_id, (text, html, revisions) in kept.items():
        assert text == texts.get(native_id, ""), f"{native_id} in {place.name} is {text!r}"
        assert native_id in texts or (html is None and not revisions), f"{native_id} is not forgotten"
