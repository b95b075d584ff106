"""Reactions over REST: added, taken back, cleared, and who gave them."""

from __future__ import annotations

from typing import Final

from tests.support.fake_discord.rest import Answer, Call, ProblemError, Routes
from tests.support.fake_discord.shapes import Can, User

routes: Final = Routes()
THERE: Final = "/channels/{channel}/messages/{message}/reactions"


def _emoji(call: Call) -> str:
    emoji = call.word("emoji")
    name, _, number = emoji.partition(":")
    if number.isdecimal() or (not number and not name.isascii()) or name[1:] == "\ufe0f\u20e3":
        return emoji
    raise ProblemError(10014)


@routes.on("PUT", THERE + "/{emoji}/@me")
def react(call: Call) -> Answer:
    """Add the bot's reaction; a new emoji needs the right to add one."""
    channel = call.channel(Can.READ_MESSAGE_HISTORY)
    message, emoji = call.message(channel), _emoji(call)
    call.awake(channel)
    if emoji not in message.reactions:
        call.may(channel, Can.ADD_REACTIONS)
        if len(message.reactions) >= 20:
            raise ProblemError(30010)
    call.world.react(message, call.me, emoji)
    return 204, None


@routes.on("DELETE", THERE + "/{emoji}/@me")
def unreact(call: Call) -> Answer:
    """Take the bot's reaction back."""
    return _take_back(call, call.me)


@routes.on("DELETE", THERE + "/{emoji}/{user}")
def take_back(call: Call) -> Answer:
    """Take somebody else's reaction away."""
    call.channel(Can.MANAGE_MESSAGES)
    user = call.world.users.get(call.number("user"))
    if user is None:
        raise ProblemError(10013)
    return _take_back(call, user)


def _take_back(call: Call, user: User) -> Answer:
    channel = call.channel()
    message, emoji = call.message(channel), _emoji(call)
    call.awake(channel)
    call.world.unreact(message, user, emoji)
    return 204, None


@routes.on("GET", THERE + "/{emoji}")
def who(call: Call) -> Answer:
    """Give the people who reacted, by id."""
    message = call.message(call.channel())
    after, limit = int(call.asked("after", "0")), int(call.asked("limit", "25"))
    ids = sorted(user for user in message.reactions.get(_emoji(call), []) if user > after)
    return 200, [call.world.users[user].json() for user in ids[:limit]]


@routes.on("DELETE", THERE)
def clear(call: Call) -> Answer:
    """Take every reaction away."""
    channel = call.channel(Can.MANAGE_MESSAGES)
    message = call.message(channel)
    call.awake(channel)
    call.world.clear_reactions(message)
    return 204, None


@routes.on("DELETE", THERE + "/{emoji}")
def clear_one(call: Call) -> Answer:
    """Take every reaction with one emoji away."""
    channel = call.channel(Can.MANAGE_MESSAGES)
    message = call.message(channel)
    call.awake(channel)
    call.world.clear_reactions(message, _emoji(call))
    return 204, None
