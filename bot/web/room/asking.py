"""The form of a command: what its line lacks is asked for, filled with what holds now."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.model import Role
from bot.core.which import Which
from bot.declared import Asker
from bot.storage.store import Tx
from bot.web.room.door import Door, ShutOut, enter
from bot.web.room.lines import FIELD, Asked, Field, asked, fields
from bot.web.room.view import address
from bot.web.site import Page, Site

_LONGEST_ID = 10


async def form(site: Site, request: Request) -> Response:
    """Ask for what a command's line lacks; one that lacks nothing asks whether it is meant."""
    line = request.query_params.get("line", "")
    one = asked(site.tree.commands, line)
    async with site.store.read() as tx:
        try:
            door = await enter(site, request, tx)
        except ShutOut as no:
            return no.answer
        if one is None or (one.command.role >= Role.HOST and not door.viewer.hosting):
            raise HTTPException(404)
        present = await _present(tx, door, one)
    made = fields(one, present)
    return site.answer(
        "room_do.html",
        community=door.community,
        reader=door.reader,
        at=address(door.place),
        about=one.command,
        fields=made,
        suggested=await _suggested(site, door, one, made),
        prefix=FIELD,
    )


async def _present(tx: Tx, door: Door, one: Asked) -> Mapping[str, str]:
    """What holds now of that which a command would change."""
    path = one.command.path
    if path == "privacy name":
        return {"pseudonym": door.viewer.person.pseudonym or ""}
    if path not in {"question edit", "chat plan"}:
        return {}
    chat_id = await _chat_id(tx, door, one)
    questions = await tx.questions(chat_id) if chat_id is not None else ()
    if path == "question edit":
        number = one.given.get("number", "")
        return {"text": next((q.text for q in questions if str(q.position) == number), "")}
    chat = await tx.chat(chat_id) if chat_id is not None else None
    texts = "\n".join(question.text for question in questions)
    return {"topic": chat.topic if chat else "", "questions": texts}


async def _chat_id(tx: Tx, door: Door, one: Asked) -> int | None:
    """The chat that a line names, if it is one of this community's; else the one that is on here."""
    said = one.given.get("chat", "")
    if not (said.isascii() and said.isdecimal() and len(said) < _LONGEST_ID):
        chat = await tx.chat_here(door.place.id, Which.LIVE)
        return chat.id if chat else None
    chat = await tx.chat(int(said))
    series = await tx.series(chat.series_id) if chat else None
    return chat.id if chat and series and series.community_id == door.community.id else None


async def _suggested(
    site: Site, door: Door, one: Asked, made: tuple[Field, ...]
) -> Mapping[str, tuple[str, ...]]:
    """What may be written in the fields that know."""
    asker = Asker(door.viewer.person, door.place, door.viewer.power)
    named = [param for param in one.command.params if param.suggest or param.kind.suggest]
    wanted = {field.name for field in made}
    return {
        param.name: await site.tree.suggest(asker, one.command.path, param.name, "")
        for param in named
        if param.name in wanted
    }


PAGES = (Page("/room/{place}/do", form),)
