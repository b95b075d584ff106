"""How a page of the desk is shown and how its forms are answered: by carrying out declared commands."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.commands.declared import Reply
from bot.core.model import Offer, Place, Refused
from bot.core.sentences import desk as sentences
from bot.core.tongue import _, spoken
from bot.markup import render
from bot.web.desk.door import Desk, ShutOut, enter
from bot.web.joining import to
from bot.web.numbers import LARGEST
from bot.web.site import Site, desk_path, in_tongue

_KEPT: Final = 1_000
"""So many answers of forms wait to be shown; the oldest go first."""

Fields = Mapping[str, str]
"""What stood in a form."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a form came to: words for the page that follows, and what was filled in where it was refused.

    `wrong` is the name of the field that a refusal is about, where it is about one; `about` is the mark of
    the message beside which it is said, where it asks whether that is meant; `language` is that of the text,
    the page's unless it is said otherwise.
    """

    text: str
    offers: tuple[Offer, ...] = ()
    refused: bool = False
    fields: Fields = field(default_factory=dict)
    wrong: str = ""
    about: str = ""
    language: str = field(default_factory=lambda: spoken().code)


@dataclass(frozen=True, slots=True)
class Done:
    """What a form came to, and on which page of the desk (a path below it) that is shown.

    A refusal is said on the form's own page, about its field that is `wrong`, unless it `leads_on` to
    that page too; `about` is as in Said.
    """

    reply: Reply
    page: str
    wrong: str = ""
    leads_on: bool = False
    about: str = ""


class WrongField(Refused):
    """A refusal that is about one field of a form."""

    def __init__(self, no: Refused, name: str) -> None:
        super().__init__(no.sentence, **no.values)
        self.name = name


@contextmanager
def in_field(name: str) -> Iterator[None]:
    """Whatever is refused in here is about this field."""
    try:
        yield
    except Refused as no:
        raise WrongField(no, name) from no


Draw = Callable[[Site, Request, Desk, Said | None], Awaitable[Response]]
"""Makes a page of the desk, with what a form came to."""
Act = Callable[[Site, Request, Desk, Fields], Awaitable[Done]]
"""Does what a form asks for; Refused is said on its page again."""


async def shown(site: Site, request: Request, draw: Draw) -> Response:
    """A page of the desk, for those who have a seat there."""
    try:
        desk = await enter(site, request)
    except ShutOut as no:
        return no.answer
    return await draw(site, request, desk, _waiting(site).get(_key(request, desk)))


async def answered(site: Site, request: Request, act: Act, draw: Draw) -> Response:
    """Do what a form asks for and lead to a page that says what came of it; a refusal is said on its own."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        desk = await enter(site, request)
    except ShutOut as no:
        return no.answer
    once = ("once", desk.person.id, fields.get("once", ""))
    if once[2] and once in _waiting(site):
        return to(desk_path(desk.community, fields.get("page", "")))
    _keep(site, once, Said(_(sentences.SENT_TWICE)))
    done: Done | None = None
    try:
        done = await act(site, request, desk, fields)
    except Refused as no:
        wrong = no.name if isinstance(no, WrongField) else ""
        return await draw(site, request, desk, Said(no.said(), refused=True, fields=fields, wrong=wrong))
    finally:  # what was not done may be sent again
        if done is None or done.reply.refused:
            _waiting(site).pop(once, None)
    if done.reply.refused and not done.leads_on:
        said = replace(_said(done), fields=fields, wrong=done.wrong)
        return await draw(site, request, desk, replace(said, text=said.text.partition("\n")[0]))
    return to(desk_path(desk.community, _with_words(site, desk, done)))


async def carried_out(
    site: Site, desk: Desk, place: Place, path: str, given: Mapping[str, str], lines: Sequence[str] = ()
) -> Reply:
    """Carry out a declared command for whoever sits at the desk: with its checks, in its one transaction.

    `given` are its parameters as text, as a form gives them; a chat is given as its number.
    """
    reply = (await site.tree.run(desk.asker(place), path, given, lines)).here((*given.values(), *lines))
    return replace(reply, text=_labelled(site, path, reply.text)) if reply.refused else reply


def _labelled(site: Site, path: str, refused: str) -> str:
    """A refusal that names a parameter as it is typed, with the words by which a form knows it."""
    name, colon, reason = refused.partition(": ")
    found = [one for c in site.tree.commands if c.path == path for one in c.params if one.name == name]
    return f"{_(found[0].help)}: {reason}" if colon and found and found[0].help else refused


def page(
    site: Site, request: Request, desk: Desk, template: str, said: Said | None, **context: Any
) -> Response:
    """A page of the desk from its template, which stands in `desk_frame.html`."""
    status = 422 if said is not None and said.refused and request.method == "POST" else 200
    about = {"community": desk.community, "reader": desk.reader, "desk": desk, "said": said}
    at = {"at": desk_path(desk.community), "once": secrets.token_urlsafe(12)}
    return site.answer(template, status, **about, **at, words_said=_drawn(said) if said else "", **context)


def _drawn(said: Said) -> str:
    words, language = render(said.text), in_tongue(said.language)
    return f"<div{language}>{words}</div>" if language else words


def beside(said: Said | None, marks: Iterable[str]) -> Said | None:
    """The same, said above the page where the message that it is about does not stand on it any more."""
    return replace(said, about="") if said and said.about not in marks else said


def number(request: Request, name: str) -> int:
    """A number in the path; one beyond all bounds names nothing."""
    found: int = request.path_params[name]
    if found > LARGEST:
        raise HTTPException(404)
    return found


def _with_words(site: Site, desk: Desk, done: Done) -> str:
    if not done.reply.text:
        return done.page
    token = secrets.token_urlsafe(6)
    _keep(site, ("said", desk.person.id, token), _said(done))
    path, _, mark = done.page.partition("#")
    return f"{path}?{urlencode({'said': token})}#{mark or 'said'}"


def _said(done: Done) -> Said:
    reply = done.reply
    return Said(reply.text, reply.offers, reply.refused, about=done.about, language=reply.language)


def _key(request: Request, desk: Desk) -> tuple[str, int, str]:
    return "said", desk.person.id, request.query_params.get("said", "")


def _waiting(site: Site) -> OrderedDict[tuple[str, int, str], Said]:
    kept: OrderedDict[tuple[str, int, str], Said] = site.shared.setdefault("desk", OrderedDict())
    return kept


def _keep(site: Site, key: tuple[str, int, str], said: Said) -> None:
    kept = _waiting(site)
    kept[key] = said
    while len(kept) > _KEPT:
        kept.popitem(last=False)
