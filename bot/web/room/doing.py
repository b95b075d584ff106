"""What people do in a room: say, answer, reply, and ask for commands."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from bot.core.grammar import command_text
from bot.core.model import Refused
from bot.core.sentences import room as room_sentences
from bot.storage.store import Tx
from bot.web.room.answering import CALL, Fields, answered, back, command, filed, hook, rendered
from bot.web.room.asking import once_more
from bot.web.room.door import Door
from bot.web.room.lines import FIELD, asked, composed
from bot.web.room.view import TALK
from bot.web.site import Page, Site


async def say(site: Site, request: Request) -> Response:
    """Say something, in a thread or to everybody; what begins with "!edchat" is a command."""
    return await answered(site, request, _say)


async def do(site: Site, request: Request) -> Response:
    """Ask for the command on a button, or for the one that a form was filled in for."""
    return await answered(site, request, _do)


async def _say(site: Site, request: Request, door: Door, fields: Fields) -> Response:
    text = fields.get("text", "")
    if command_text(text) is not None:
        return await command(site, request, door, text, fields)
    html = await rendered(text)
    reply_to = hook(fields, "reply")
    thread = None if reply_to else hook(fields, "thread")  # in a thread it would be one more answer
    flags = {"by_form": "by_form" in fields, "anonymous": "anonymous" in fields}
    async with site.store.begin() as tx:
        await _check_thread(tx, door, thread)
        said = await tx.room_say(
            door.place,
            door.viewer.person,
            door.viewer.power,
            text,
            html,
            site.clock.now(),
            once=fields.get("once") or None,
            thread=thread,
            reply_to=reply_to,
            **flags,
        )
        event = await tx.room_last_event(door.place.id)
    await filed(site, request, door, event)
    return await back(site, request, door, fields.get("thread", TALK), said)


async def _check_thread(tx: Tx, door: Door, thread: int | None) -> None:
    """Only a question has a thread; one of an earlier chat still takes late answers."""
    if thread is None or thread in door.stage.roots.values():
        return
    named = (number for number, _ in (await tx.room_standing(door.place.id)).threads)
    if thread not in named:
        raise Refused(room_sentences.NOT_IN_ROOM)


async def _do(site: Site, request: Request, door: Door, fields: Fields) -> Response:
    if "command" not in fields:
        return await command(site, request, door, CALL + fields.get("line", ""), fields)
    found = asked(site.tree.commands, fields["command"])
    values = {name.removeprefix(FIELD): value for name, value in fields.items() if name.startswith(FIELD)}
    line = composed(found.command, values) if found else fields["command"]
    own = None if "back" in fields else partial(once_more, site, door, fields["command"], values)
    return await command(site, request, door, f"{CALL}{line}", fields, own)


PAGES = (Page("/room/{place}/say", say, ("POST",)), Page("/room/{place}/do", do, ("POST",)))
