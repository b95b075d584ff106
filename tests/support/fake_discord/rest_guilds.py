"""Guilds over REST: the bot's own account, servers, channels, roles and members."""

from __future__ import annotations

from typing import Final

from tests.support.fake_discord.places import TEXT, Channel
from tests.support.fake_discord.rest import Answer, Call, ProblemError, Routes, invalid
from tests.support.fake_discord.rest_threads import change_thread, delete_thread
from tests.support.fake_discord.shapes import Can, Guild, Json, Member, Overwrite, Role, User

routes: Final = Routes()
MEMBERS: Final = 1 << 14
CONTENT: Final = 1 << 18


@routes.on("GET", "/users/@me")
def me(call: Call) -> Answer:
    """Give the bot's own account."""
    return 200, call.me.json() | {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}


@routes.on("GET", "/users/{user}")
def user(call: Call) -> Answer:
    """Give somebody's account."""
    return 200, _user(call, call.number("user")).json()


def _user(call: Call, number: int) -> User:
    found = call.world.users.get(number)
    if found is None:
        raise ProblemError(10013)
    return found


@routes.on("POST", "/users/@me/channels")
def private_channel(call: Call) -> Answer:
    """Open a private conversation."""
    return 200, call.world.private_channel(_user(call, int(call.body["recipient_id"]))).json()


@routes.on("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> Answer:
    """Give the guilds the bot is in."""
    inside = [guild for guild in call.world.guilds.values() if call.me.id in guild.members]
    return 200, [_briefly(call, guild) for guild in inside]


def _briefly(call: Call, guild: Guild) -> Json:
    allowed = call.world.guild_permissions(call.me, guild)
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(allowed),
        "features": [],
    }


@routes.on("DELETE", "/users/@me/guilds/{guild}")
def leave_guild(call: Call) -> Answer:
    """Let the bot leave a guild."""
    call.world.kick_bot(call.guild())
    return 204, None


@routes.on("GET", "/oauth2/applications/@me")
@routes.on("GET", "/applications/@me")
def application(call: Call) -> Answer:
    """Give the application behind the bot, with the intents it was granted as flags."""
    world = call.world
    flags = (MEMBERS if world.members_intent else 0) | (CONTENT if world.message_content else 0)
    owner = next((one for one in world.users.values() if not one.bot), call.me)
    return 200, {
        "id": str(world.application_id),
        "name": call.me.username,
        "icon": None,
        "description": "",
        "type": None,
        "bot": call.me.json(),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": owner.json(),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


@routes.on("GET", "/gateway")
def gateway(call: Call) -> Answer:
    """Give where the gateway is."""
    return 200, {"url": call.world.base_url.replace("http", "ws", 1) + "/gw"}


@routes.on("GET", "/gateway/bot")
def gateway_bot(call: Call) -> Answer:
    """Give where the gateway is, and how many logins are left today."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return 200, gateway(call)[1] | {"shards": 1, "session_start_limit": limit}


@routes.on("GET", "/guilds/{guild}")
def guild(call: Call) -> Answer:
    """Give a guild."""
    found = call.guild()
    counted = call.asked("with_counts") in {"1", "true"}
    people = {"approximate_member_count": len(found.members), "approximate_presence_count": 0}
    return 200, found.json() | (people if counted else {})


@routes.on("GET", "/guilds/{guild}/channels")
def channels(call: Call) -> Answer:
    """Give a guild's channels, without threads."""
    found = call.guild()
    inside = [one for one in call.world.channels.values() if one.guild_id == found.id]
    return 200, [one.json() for one in inside if one.thread is None]


@routes.on("POST", "/guilds/{guild}/channels")
def make_channel(call: Call) -> Answer:
    """Make a channel."""
    found = call.guild()
    call.may_in_guild(found, Can.MANAGE_CHANNELS)
    made = call.world.make_channel(found, call.body["name"], call.body.get("type") or TEXT)
    _set(made, call.body)
    call.world.channel_changed(made)
    return 201, made.json()


def _set(channel: Channel, body: Json) -> None:
    channel.name = body.get("name") or channel.name
    channel.topic = body.get("topic", channel.topic)
    channel.slowmode = body.get("rate_limit_per_user", channel.slowmode)
    if "parent_id" in body:
        channel.parent_id = int(body["parent_id"]) if body["parent_id"] else None
    if body.get("permission_overwrites") is not None:
        said = [
            Overwrite(int(one["id"]), one["type"], int(one.get("allow") or 0), int(one.get("deny") or 0))
            for one in body["permission_overwrites"]
        ]
        channel.overwrites = {one.id: one for one in said}


@routes.on("GET", "/channels/{channel}")
def channel(call: Call) -> Answer:
    """Give a channel, thread or private conversation."""
    return 200, call.world.thread_json(call.channel())


@routes.on("PATCH", "/channels/{channel}")
def change_channel(call: Call) -> Answer:
    """Change a channel or thread."""
    found = call.channel()
    if found.thread is not None:
        return change_thread(call, found, found.thread)
    call.may(found, Can.MANAGE_CHANNELS)
    _set(found, call.body)
    call.world.channel_changed(found)
    return 200, found.json()


@routes.on("DELETE", "/channels/{channel}")
def delete_channel(call: Call) -> Answer:
    """Delete a channel or thread."""
    found = call.channel()
    if found.thread is not None:
        return delete_thread(call, found)
    call.may(found, Can.MANAGE_CHANNELS)
    call.world.delete_channel(found)
    return 200, found.json()


@routes.on("PUT", "/channels/{channel}/permissions/{overwrite}")
def overwrite(call: Call) -> Answer:
    """Say what a role or somebody may do in a channel."""
    found = call.channel(Can.MANAGE_ROLES)
    number, body = call.number("overwrite"), call.body
    kind = int(body.get("type") or 0)
    found.overwrites[number] = Overwrite(
        number, kind, int(body.get("allow") or 0), int(body.get("deny") or 0)
    )
    call.world.channel_changed(found)
    return 204, None


@routes.on("DELETE", "/channels/{channel}/permissions/{overwrite}")
def no_overwrite(call: Call) -> Answer:
    """Let a role or somebody do in a channel what they may elsewhere."""
    found = call.channel(Can.MANAGE_ROLES)
    found.overwrites.pop(call.number("overwrite"), None)
    call.world.channel_changed(found)
    return 204, None


@routes.on("GET", "/guilds/{guild}/roles")
def roles(call: Call) -> Answer:
    """Give a guild's roles."""
    return 200, [role.json() for role in call.guild().roles.values()]


@routes.on("POST", "/guilds/{guild}/roles")
def make_role(call: Call) -> Answer:
    """Make a role."""
    found = call.guild()
    call.may_in_guild(found, Can.MANAGE_ROLES)
    name, allowed = call.body.get("name") or "new role", int(call.body.get("permissions") or 0)
    return 200, call.world.make_role(found, name, allowed).json()


def _role(call: Call, guild: Guild) -> Role:
    found = guild.roles.get(call.number("role"))
    if found is None:
        raise ProblemError(10011)
    return found


@routes.on("GET", "/guilds/{guild}/roles/{role}")
def role(call: Call) -> Answer:
    """Give one role."""
    return 200, _role(call, call.guild()).json()


@routes.on("DELETE", "/guilds/{guild}/roles/{role}")
def delete_role(call: Call) -> Answer:
    """Delete a role."""
    found = call.guild()
    call.may_in_guild(found, Can.MANAGE_ROLES)
    call.world.delete_role(found, _role(call, found))
    return 204, None


@routes.on("GET", "/guilds/{guild}/members")
def members(call: Call) -> Answer:
    """Give a page of a guild's people; needs the intent for members."""
    if not call.world.members_intent:
        raise ProblemError(50001)
    after, limit = int(call.asked("after", "0")), int(call.asked("limit", "1"))
    if not 1 <= limit <= 1000:
        raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.")
    people = sorted(call.guild().members.items())
    return 200, [member.json() for number, member in people if number > after][:limit]


def _member(call: Call) -> Member:
    found = call.guild().members.get(call.number("user"))
    if found is None:
        raise ProblemError(10007 if call.number("user") in call.world.users else 10013)
    return found


@routes.on("GET", "/guilds/{guild}/members/{user}")
def member(call: Call) -> Answer:
    """Give one member."""
    return 200, _member(call).json()


@routes.on("PATCH", "/guilds/{guild}/members/@me")
def my_nick(call: Call) -> Answer:
    """Change the bot's own nick."""
    found = call.guild()
    mine = found.members[call.me.id]
    call.world.change_member(found, mine, nick=call.body.get("nick"))
    return 200, mine.json()


@routes.on("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
def give_role(call: Call) -> Answer:
    """Give somebody a role."""
    found, person = call.guild(), _member(call)
    call.may_in_guild(found, Can.MANAGE_ROLES)
    number = _role(call, found).id
    if number not in person.roles:
        call.world.change_member(found, person, roles=[*person.roles, number])
    return 204, None


@routes.on("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def take_role(call: Call) -> Answer:
    """Take a role from somebody."""
    found, person = call.guild(), _member(call)
    call.may_in_guild(found, Can.MANAGE_ROLES)
    number = _role(call, found).id
    call.world.change_member(found, person, roles=[one for one in person.roles if one != number])
    return 204, None
