"""One chat's page as a single file: its style, fonts and pictures within it, its links to the archive."""

from __future__ import annotations

import base64
import mimetypes
import re
from typing import Final

from starlette.exceptions import HTTPException

from bot.core.audience import Audience
from bot.core.model import Refused
from bot.core.sentences import exporting as said
from bot.core.tongue import speak
from bot.exporting.places import address_of, needs_the_bot
from bot.exporting.rewriting import DROPPED, rewritten
from bot.web.pages.chat import ON_PAPER, View, render
from bot.web.site import STATIC, Site
from bot.web.tongues import tongue_of

_STATIC: Final = re.compile(r"^/static/\w+/(.+)$")
_SHEET: Final = re.compile(r'<link rel="stylesheet" href="([^"]+)"( media="print")?>\n?')
_FONT: Final = re.compile(r'url\("(fonts/[^"]+)"\)')
_SCRIPT: Final = re.compile(r"<script src=[^>]*></script>\n?")
_HINT: Final = re.compile(r'<p class="wrap keep paper">.*?</p>\n?')
_PICTURE: Final = re.compile(r'<link rel="(?:icon|alternate|prev|next)"[^>]*>\n?')


def single_page(site: Site, chat_id: int, audience: Audience) -> str:
    """The page of a chat with nothing folded, that needs no other file."""
    page = site.store.chat_page(chat_id, audience)
    if page is None:
        raise Refused(said.NO_CHAT_TO_EXPORT.format(series="This weekly chat", day=str(chat_id)))
    speak(tongue_of(page.community.language))
    here, lasting = site.path(page.community, page.address), site.path(page.community, "a/")
    whole = _SHEET.sub(_inlined, render(site, page, View(ON_PAPER)).decode())
    whole = _HINT.sub("", _PICTURE.sub("", _SCRIPT.sub("", whole)))

    def led(link: str) -> str | None:
        found = address_of(link, here, site.base_url)
        if found is None:
            return link
        if needs_the_bot(found[0]):
            return DROPPED
        if link.startswith(lasting):  # of all answers that there are, and wherever the bot is by then
            return f"#a-{link.removeprefix(lasting)}"
        place = f"#{found[1]}" if found[1] else ""
        # Without an address of the archive there is nowhere to lead; the words stay.
        return site.url(found[0]) + place if site.base_url else None

    return rewritten(whole, led, lambda _: None)


def _inlined(sheet: re.Match[str]) -> str:
    name = _STATIC.match(sheet[1])
    if name is None:
        raise HTTPException(404)
    style = (STATIC / name[1]).read_text("utf-8")
    style = _FONT.sub(lambda font: f'url("{_as_data(font[1])}")', style)
    media = sheet[2] or ""
    return f"<style{media}>{style}</style>\n"


def _as_data(name: str) -> str:
    body = base64.b64encode((STATIC / name).read_bytes()).decode()
    return f"data:{mimetypes.guess_type(name)[0] or 'application/octet-stream'};base64,{body}"
