"""Slash commands over REST: registered globally or in a guild, all at once or one by one."""

from __future__ import annotations

from typing import Any, Final

from tests.support.fake_discord.rest import Answer, Call, ProblemError, Routes
from tests.support.fake_discord.shapes import Json

routes: Final = Routes()
GLOBAL: Final = "/applications/{application}/commands"
LOCAL: Final = "/applications/{application}/guilds/{guild}/commands"


def _where(call: Call) -> int | None:
    if call.number("application") != call.world.application_id:
        raise ProblemError(50001)
    return call.guild().id if "guild" in call.request.match_info else None


def _shelf(call: Call) -> dict[int, Json]:
    return call.world.commands[_where(call)]


def _named(shelf: dict[int, Json], said: Json) -> Json | None:
    key = (said.get("type") or 1, said["name"])
    return next((one for one in shelf.values() if (one["type"], one["name"]) == key), None)


def _registered(call: Call, said: Json) -> Json:
    earlier = _named(_shelf(call), said)
    bits = said.get("default_member_permissions")
    where = _where(call)
    made: Json = {
        "description": "",
        "dm_permission": where is None,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "name_localizations": None,
        "description_localizations": None,
    } | {key: value for key, value in said.items() if value is not None}
    made |= {
        "id": earlier["id"] if earlier else str(call.world.snowflake()),
        "application_id": str(call.world.application_id),
        "version": str(call.world.snowflake()),
        "type": said.get("type") or 1,
        "default_member_permissions": None if bits is None else str(bits),
    }
    made["options"] = [_option(one) for one in said.get("options") or []]
    return made | ({"guild_id": str(where)} if where is not None else {})


def _option(said: Json) -> Json:
    kept: Json = {key: value for key, value in said.items() if value is not None}
    if "options" in kept:
        kept["options"] = [_option(one) for one in kept["options"]]
    return kept


@routes.on("GET", GLOBAL)
@routes.on("GET", LOCAL)
def listed(call: Call) -> Answer:
    """Give the commands registered here."""
    return 200, [*_shelf(call).values()]


@routes.on("PUT", GLOBAL)
@routes.on("PUT", LOCAL)
def replace(call: Call) -> Answer:
    """Register these commands and no others."""
    made = [_registered(call, said) for said in call.body or []]
    shelf = _shelf(call)
    shelf.clear()
    shelf.update({int(one["id"]): one for one in made})
    return 200, made


@routes.on("POST", GLOBAL)
@routes.on("POST", LOCAL)
def register(call: Call) -> Answer:
    """Register one command, in place of one with the same name."""
    new = _named(_shelf(call), call.body) is None
    made = _registered(call, call.body)
    _shelf(call)[int(made["id"])] = made
    return (201 if new else 200), made


def _command(call: Call) -> Json:
    found = _shelf(call).get(call.number("command"))
    if found is None:
        raise ProblemError(10063)
    return found


@routes.on("GET", GLOBAL + "/{command}")
@routes.on("GET", LOCAL + "/{command}")
def command(call: Call) -> Answer:
    """Give one command."""
    return 200, _command(call)


@routes.on("PATCH", GLOBAL + "/{command}")
@routes.on("PATCH", LOCAL + "/{command}")
def change(call: Call) -> Answer:
    """Change one command."""
    found: Any = _command(call)
    found |= {key: value for key, value in call.body.items() if value is not None}
    found["version"] = str(call.world.snowflake())
    return 200, found


@routes.on("DELETE", GLOBAL + "/{command}")
@routes.on("DELETE", LOCAL + "/{command}")
def delete(call: Call) -> Answer:
    """Take one command away."""
    del _shelf(call)[int(_command(call)["id"])]
    return 204, None
