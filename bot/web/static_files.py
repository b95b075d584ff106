"""Style, scripts, fonts and icons: read once, kept by browsers for good under the hash of what they hold."""

from __future__ import annotations

import gzip
import mimetypes
import re
from dataclasses import dataclass
from functools import cache

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.site import STATIC, Page, Site, static

FOREVER = "public, max-age=31536000, immutable"
_FONT = re.compile(rb'url\("(fonts/[^"]+)"\)')
"""A font that a style names beside itself; it is served under its own hash."""
_PACKED = (".css", ".js", ".svg", ".txt")
_FIRST = "start.js"
"""The one script of a folder that pages name; it brings the others."""
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes | None
    media_type: str


async def static_file(site: Site, request: Request) -> Response:
    """A file under the hash of what it holds; under another hash it leads to the right one."""
    name = request.path_params["name"]
    if name not in _names():
        raise HTTPException(404)
    if request.url.path != static(name):
        return _led_on(name)
    file = _read(name)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            file.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media_type
        )
    return Response(file.body, headers=headers, media_type=file.media_type)


async def favicon(site: Site, request: Request) -> Response:
    """The icon at the place where browsers look for one."""
    return RedirectResponse(static("icon.svg"), 308)


def _led_on(name: str) -> Response:
    folder, _, file = name.rpartition("/")
    if folder and file.endswith(".js") and file != _FIRST:
        raise HTTPException(404)  # an older script asks for it, and new beside old would not work together
    return RedirectResponse(static(name), 307)


@cache
def _names() -> frozenset[str]:
    return frozenset(file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file())


@cache
def _read(name: str) -> _File:
    body = (STATIC / name).read_bytes()
    if name.endswith(".css"):
        body = _FONT.sub(lambda found: f'url("{static(found[1].decode())}")'.encode(), body)
    packed = gzip.compress(body, 9) if name.endswith(_PACKED) else None
    return _File(body, packed, mimetypes.guess_type(name)[0] or "application/octet-stream")


PAGES = (Page("/static/{digest}/{name:path}", static_file), Page("/favicon.ico", favicon))
