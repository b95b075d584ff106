"""The form of a command: what its line lacks is asked for, filled with what holds now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.commands.declared import Asker, Command, Form
from bot.core.model import Refused, Role
from bot.core.sentences.forms import act, heading
from bot.core.tongue import _
from bot.storage.archive.addresses import BROWSER
from bot.web.room import pages
from bot.web.room.door import Door, ShutOut, enter
from bot.web.room.lines import FIELD, asked, fields
from bot.web.room.sheets import Said
from bot.web.room.view import address
from bot.web.site import Page, Site


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
    try:
        return await drawn(site, door, await site.tree.form(_asker(door), line))
    except Refused as no:  # an old button, whose question or chat is there no more
        return await pages.again(site, request, Said(no.said()), status=200)


async def once_more(
    site: Site, door: Door, path: str, values: Mapping[str, str], refused: str, language: str
) -> Response | None:
    """The form of a command that was refused, as it was filled in, with the reason; None if it has none."""
    one = asked(site.tree.commands, path)
    if one is None or not any(values.values()):
        return None
    return await drawn(site, door, await _as_before(site, door, one.command, values), refused, language)


async def _as_before(site: Site, door: Door, command: Command, values: Mapping[str, str]) -> Form:
    """The form as it was opened, with what was filled in."""
    settled = {p.name: values[p.name] for p in command.params if p.is_chat and values.get(p.name)}
    try:
        begun = await site.tree.form_for(_asker(door), command.path, settled)
    except Refused:
        return Form(command, values)
    return replace(begun, given=values)


async def drawn(site: Site, door: Door, asks: Form, refused: str = "", language: str = "en") -> Response:
    """The form's page; why it was `refused`, it says in that language."""
    told = _(asks.command.help)
    head, rest = heading(asks.command.path, told)
    made = fields(asks, await _suggested(site, door, asks), _meaningless(site))
    name, colon, reason = refused.partition(": ")
    about = _(next((one.label for one in made if one.name == name), name))
    return site.answer(
        "room_do.html",
        422 if refused else 200,
        community=door.community,
        reader=door.reader,
        at=address(door.place),
        about=asks.command,
        head=_(head),
        rest=rest,
        label=_label(door, asks),
        chat=asks.chat,
        fields=made,
        refused=f"{about}{colon}{reason}",
        language=language,
        prefix=FIELD,
        does=_(act(asks.command.path, told)),
    )


def _meaningless(site: Site) -> tuple[str, ...]:
    """Fields about what this network does not do: answers are gathered into threads by some alone."""
    return () if BROWSER in site.store.collects else ("collecting",)


def _label(door: Door, asks: Form) -> str:
    """Which question the form is about, as in Q4."""
    numbers = [asks.given.get(p.name, "") for p in asks.command.params if p.kind.name == "question"]
    return f"{door.stage.letter}{numbers[0]}" if numbers and numbers[0].isdecimal() else ""


def _asker(door: Door) -> Asker:
    return Asker(door.viewer.person, door.place, door.viewer.power)


async def _suggested(site: Site, door: Door, asks: Form) -> Mapping[str, tuple[str, ...]]:
    """What may be written in the fields that know."""
    named = [param for param in asks.command.params if param.suggest or param.kind.suggest]
    return {
        param.name: await site.tree.suggest(_asker(door), asks.command.path, param.name, "")
        for param in named
        if not param.is_chat
    }


PAGES = (Page("/room/{place}/do", form),)
