"""What every page needs: the store, the clock, addresses, templates, the cache and the bells."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.environment import TemplateModule
from markupsafe import Markup, escape
from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.clock import Clock
from bot.commands import CommandTree
from bot.core.model import Community, Offer, Person, Place, Role
from bot.core.rooms.words import language_of
from bot.core.tongue import _, ngettext, speak, spoken
from bot.core.veils import masked
from bot.health.vitals import Vitals
from bot.storage.store import Store, Tx
from bot.web.bars import bars
from bot.web.bells import Bells
from bot.web.cache import PageCache
from bot.web.recent import Recent
from bot.web.tongues import tongue_of, tongue_wanted
from bot.web.veils import veiled

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
_NO_HTML: Final = re.compile("[\0-\b\v\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that no page may hold, whoever typed them."""
_CONTROLS: Final = bytes(sign for sign in range(128) if _NO_HTML.match(chr(sign)))
_BEYOND: Final = {
    b"\xc2": re.compile(b"\xc2[\x80-\x9f]"),
    b"\xef": re.compile(b"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])"),
}
"""The same in UTF-8 by how they begin, in pieces that are found fast."""


async def _untold(_place: Place, _person: Person) -> Role | None:
    return None


@dataclass(slots=True)
class Site:
    """The pages of one bot; `base_url` is how readers reach it, `prefixed` whether paths name a community.

    `shared` holds what is made once for all who look at the same thing live; `vitals` tell how the bot does,
    which whoever has the `metrics_token` may read from anywhere; `copied` is the day of a copy that is read
    without the bot, and `power` asks a network what it lets somebody do in a place now: None where it cannot
    be asked.
    """

    store: Store
    clock: Clock
    tree: CommandTree
    base_url: str
    prefixed: bool = True
    ending: bool = False
    copied: date | None = None
    metrics_token: SecretStr | None = None
    power: Callable[[Place, Person], Awaitable[Role | None]] = _untold
    pages: PageCache = field(default_factory=PageCache)
    shared: dict[Hashable, Any] = field(default_factory=dict)
    vitals: Vitals = field(init=False)
    bells: Bells = field(init=False)
    recent: Recent = field(init=False)
    templates: Environment = field(init=False)

    def __post_init__(self) -> None:
        """Hang the bells and read the templates."""
        self.vitals = Vitals(self.store, self.clock)
        self.bells = Bells(self.store)
        self.recent = Recent(self.store)
        self.templates = environment()

    @property
    def secure(self) -> bool:
        """Whether readers come by HTTPS."""
        return self.base_url.startswith("https:")

    def path(self, community: Community | None, rest: str = "") -> str:
        """The path of a community's page, or of one at the root."""
        if community is None or not self.prefixed:
            return f"/{rest}"
        return f"/{quote(community.slug)}/{rest}"

    def url(self, path: str) -> str:
        """The whole address of a path, from the settings and never from what a browser claims."""
        return f"{self.base_url}{path}"

    def webcal(self, path: str) -> str:
        """The same of a calendar, so that a browser hands it to a program that follows it."""
        return "webcal:" + self.url(path).partition(":")[2]

    def html(self, template: str, **context: Any) -> str:
        """A page from its template."""
        return self.page(template, **context).decode()

    def page(self, template: str, **context: Any) -> bytes:
        """The same as it goes out; big ones are made in the cache's worker."""
        pieces = self.templates.get_template(template).generate(site=self, **context)
        # Each by itself: one sign beyond ASCII would make a long text slow to handle, and most have none.
        return _cleaned(b"".join([piece.encode() for piece in pieces]))

    def answer(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """A page that is made for one request."""
        return HTMLResponse(self.html(template, **context), status, {"Cache-Control": "no-store"})

    async def community(self, request: Request, tx: Tx) -> Community:
        """The community that a path names, or the only one; 404 where there is none."""
        word = request.path_params.get("community")
        found = await tx.community_called(word) if word is not None else await only_community(tx)
        if found is None:
            raise HTTPException(404)
        speak_as([found])
        return found


def _cleaned(page: bytes) -> bytes:
    """A page without what no page may hold; nearly all are clean, and that is seen fast."""
    odd = len(page.translate(None, _CONTROLS)) < len(page)
    if not odd and not any(begin in page and found.search(page) for begin, found in _BEYOND.items()):
        return page
    return _NO_HTML.sub("\N{REPLACEMENT CHARACTER}", page.decode()).encode()


def desk_path(community: Community, rest: str = "") -> str:
    """The path of a community's desk, or of one of its pages."""
    return f"/desk/{quote(community.slug)}/{rest}"


def speak_as(communities: Sequence[Community], request: Request | None = None) -> None:
    """Speak the language of all these communities; where they have several, the one that a reader wants."""
    languages = {one.language for one in communities}
    wanted = request.headers.get("accept-language", "") if request else ""
    speak(tongue_of(languages.pop()) if len(languages) == 1 else tongue_wanted(wanted))


async def only_community(tx: Tx) -> Community | None:
    """The community of an installation that has but one."""
    every = await tx.communities()
    return every[0] if len(every) == 1 else None


Handler = Callable[[Site, Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One path, who answers it, and how it may be asked; `{community}` in front may be dropped."""

    path: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)


@cache
def static(name: str) -> str:
    """The path of a static file, with a hash of what it holds, so that browsers may keep it for good.

    Files of one folder share the hash of all: scripts name others beside them, and mean those they came with.
    """
    file, digest = STATIC / name, hashlib.blake2b(digest_size=6)
    for one in [file] if file.parent == STATIC else sorted(file.parent.iterdir()):
        digest.update(hashlib.blake2b(one.read_bytes()).digest())
    return f"/static/{digest.hexdigest()}/{name}"


_OWN_WAY: Final = Markup(' dir="auto"')


def tongue(language: str) -> Markup:
    """The attributes of people's words: which way they go, and their language where it is not the page's."""
    return _OWN_WAY + in_tongue(language)


def in_tongue(language: str) -> Markup:
    """The attribute of what stands in a language on a page that may speak another."""
    return Markup("") if spoken().code == language else Markup(' lang="{}"').format(language)


def english() -> Markup:
    """The attribute of what the bot says as it does in chats, where the page speaks another language."""
    return in_tongue("en")


def alone(name: str) -> Markup:
    """A name beside other words: whichever way it is written, its signs stay with it."""
    return Markup("<bdi>{}</bdi>").format(name)


def bots(html: str) -> Markup:
    """The attribute of what the bot said to somebody, in English or in a language that it noted."""
    return in_tongue(language_of(html))


def worded(offer: Offer) -> Markup:
    """What a button of the bot's is called: in the page's language, else in English, which it says then."""
    told = offer.said()
    ours = not offer.words or any(piece.strip(" ·:") for piece, *_ in Formatter().parse(offer.words))
    mark = english() if ours and told == offer.label else Markup("")
    return Markup("<bdi{}>{}</bdi>").format(mark, told) if mark else escape(told)


def _sentence(words: str, /, **values: object) -> Markup:
    """A sentence of a page; most have no values in them, and are not looked through for their places."""
    said = Markup(_(words))  # noqa: S704 - what we or translators wrote; values are escaped
    return said % values if values else said


def _sentence_of(one: str, many: str, number: int, /, **values: object) -> Markup:
    """The sentence that fits a number."""
    said = Markup(ngettext(one, many, number))  # noqa: S704 - as above
    return said % values if values else said


_SENTENCES: Final = {"_": _sentence, "gettext": _sentence, "ngettext": _sentence_of}
"""What says them in templates; Jinja's own copies the context of the page for each."""
_GLOBALS: Final = {one.__name__: one for one in (static, tongue, english, in_tongue, bots, spoken, worded)}
"""What every template may ask for."""


class _Template(Template):
    """A template that lets go of what a page showed as soon as it is made."""

    def make_module(self, *given: Any, **named: Any) -> TemplateModule:
        """Its macros: they hold their context, and would stay with the page's words if it held them, too."""
        context = self.new_context(*given, **named)
        module = TemplateModule(self, context)
        context.vars.clear()
        return module


@cache
def environment() -> Environment:
    """The templates, read once for all: everything is escaped, and what is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.template_class = _Template
    made.extend(newstyle_gettext=True)
    made.globals.update(_GLOBALS, **_SENTENCES)
    made.filters.update(alone=alone, bars=bars, masked=masked, veiled=veiled)
    return made
