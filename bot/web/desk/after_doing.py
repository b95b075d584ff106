"""What hosts do after a chat, each a declared command: file, leave out, pick, hide, settle, undo, publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.commands.declared import Reply
from bot.core.desk.heaps import heap_named
from bot.core.model import Refused
from bot.core.sentences import desk as sentences
from bot.storage.store import Tx
from bot.web.desk.after import Sorting, draw, sorting_at
from bot.web.desk.doing import Done, Fields, answered, carried_out
from bot.web.desk.door import Desk, place_of
from bot.web.numbers import numbered
from bot.web.site import Page, Site

_ASKS: Final = "answers delete"


@dataclass(frozen=True, slots=True)
class Act:
    """A declared command with what it is given beside the chat."""

    path: str
    given: Mapping[str, str]


def act_of(fields: Fields) -> Act:
    """The command that a button stands for; "file 3" files under the third question."""
    name, _, rest = fields.get("act", "").partition(" ")
    made = _ACTS.get(name)
    if made is None:
        raise Refused(sentences.NOT_ON_DESK)
    return made(fields.get("message", ""), rest, fields)


def message_in(fields: Fields) -> int | None:
    """The number of the message that a form names, if it does."""
    return numbered(fields.get("message", "").removeprefix("m"))


def _file(message: str, rest: str, _: Fields) -> Act:
    return Act("answers move", {"message": message, "number": rest})


def _unfile(message: str, _rest: str, _: Fields) -> Act:
    return Act("answers unfile", {"message": message})


def _pick(message: str, _rest: str, _: Fields) -> Act:
    return Act("answers pick", {"message": message})


def _unpick(message: str, _rest: str, _: Fields) -> Act:
    return Act("answers pick", {"message": message, "undo": "yes"})


def _hide(message: str, _rest: str, fields: Fields) -> Act:
    said = {name: fields[name].strip() for name in ("because", "hold") if fields.get(name, "").strip()}
    return Act("answers hide", {"message": message, **said})


def _show(message: str, _rest: str, _: Fields) -> Act:
    return Act("answers hide", {"message": message, "undo": "yes"})


def _keep(message: str, _rest: str, _: Fields) -> Act:
    return Act("answers keep", {"message": message})


def _delete(message: str, _rest: str, _: Fields) -> Act:
    return Act(_ASKS, {"message": message})


def _undo(_message: str, _rest: str, _: Fields) -> Act:
    return Act("answers undo", {})


def _publish(_message: str, _rest: str, _: Fields) -> Act:
    return Act("archive publish", {})


def _unpublish(_message: str, _rest: str, _: Fields) -> Act:
    return Act("archive unpublish", {})


_ACTS: Final[Mapping[str, Callable[[str, str, Fields], Act]]] = {
    "file": _file,
    "unfile": _unfile,
    "pick": _pick,
    "unpick": _unpick,
    "hide": _hide,
    "show": _show,
    "keep": _keep,
    "delete": _delete,
    "undo": _undo,
    "publish": _publish,
    "unpublish": _unpublish,
}


async def do(site: Site, request: Request) -> Response:
    """Do what a button of a heap's page stands for."""
    return await answered(site, request, _do, draw)


async def _do(site: Site, request: Request, desk: Desk, fields: Fields) -> Done:
    act = act_of(fields)
    async with site.store.read() as tx:
        found = await sorting_at(request, desk, tx)
        place = await place_of(desk, tx, found.series)
    reply = await carried_out(site, desk, place, act.path, {**act.given, "chat": str(found.chat.id)})
    async with site.store.read() as tx:
        mark = await _mark(tx, request, desk, found, fields)
    past = f"{request.path_params['past']}/" if request.path_params.get("past") else ""
    path = f"chat/{found.chat.id}/after/{request.path_params['heap']}/{past}{mark}"
    return Done(reply, path, about=asked_about(act, reply, fields))


def asked_about(act: Act, reply: Reply, fields: Fields) -> str:
    """The mark of the message that an answer asks about: whether it is meant to go for good."""
    return fields.get("message", "") if act.path == _ASKS and reply.offers else ""


async def _mark(tx: Tx, request: Request, desk: Desk, found: Sorting, fields: Fields) -> str:
    """Where the page is opened again: at the message, or the next one if it lies elsewhere now."""
    meant = message_in(fields)
    which = heap_named(request.path_params["heap"], await tx.questions(found.chat.id))
    if which is None or meant is None:
        return ""
    first = await tx.heap(found.chat.id, desk.community.id, which, meant, 1, itself=True)
    return f"#m{first[0].message_id}" if first else ""


PAGES: Final = (
    Page("/desk/{community}/chat/{chat:int}/after/{heap}/", do, ("POST",)),
    Page("/desk/{community}/chat/{chat:int}/after/{heap}/{past:int}/", do, ("POST",)),
)
