"""A chat as data: its JSON, its table and its Markdown, each written from one snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.core.archive.chat_document import Head, file_name
from bot.core.audience import Audience
from bot.core.model import Chat
from bot.storage.archive.chat_export import as_json, as_markdown, as_table, head_of
from bot.storage.store import Tx
from bot.web.cache import finished, respond
from bot.web.pages.feeds import private
from bot.web.pages.showing import chat_asked_for, narrowed, whose
from bot.web.site import Page, Site

SMALL: Final = 1024 * 1024
"""Bytes up to which a file is sent from memory; a bigger one waits on the disk."""
_PIECE: Final = 64 * 1024

Writer = Callable[[Tx, Chat, Head, Audience], AsyncIterator[str]]


async def chat_json(site: Site, request: Request) -> Response:
    """The chat as JSON; for hosts all of it."""
    return await _file(site, request, as_json, "json", "application/json")


async def chat_table(site: Site, request: Request) -> Response:
    """The chat as a table for spreadsheets."""
    return await _file(site, request, as_table, "csv", "text/csv; charset=utf-8")


async def chat_markdown(site: Site, request: Request) -> Response:
    """The chat as Markdown."""
    return await _file(site, request, as_markdown, "md", "text/markdown; charset=utf-8")


async def _file(site: Site, request: Request, write: Writer, ending: str, media_type: str) -> Response:
    async with site.store.read() as tx:
        community, who = await whose(site, request, tx)
        listed = await chat_asked_for(request, tx, who.audience)
        audience = narrowed(who.audience, listed.series.id)
        url = site.url(site.path(community, listed.address))
        head = await head_of(tx, listed.chat, url, audience)
        head = replace(head, copied=site.copied is not None)
        file, tag = await _spooled(write(tx, listed.chat, head, audience))
    shown = "attachment" if ending == "csv" else "inline"
    name = file_name(head.day, head.title, ending)
    headers = private(audience) | {"Content-Disposition": f'{shown}; filename="{name}"'}
    headers["X-Robots-Tag"] = "noindex"  # search engines are led to the page, and only where they may
    return await _sent(site, request, file, tag, media_type, headers)


async def _spooled(pieces: AsyncIterator[str]) -> tuple[SpooledTemporaryFile[bytes], str]:
    """The file, written whole while the snapshot lasts, so that a slow reader holds no connection."""
    digest = hashlib.blake2b(digest_size=16)
    file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(SMALL)  # noqa: SIM115 - closed when it was sent
    try:
        async for piece in pieces:
            written = piece.encode()
            digest.update(written)
            file.write(written)
    except BaseException:
        file.close()
        raise
    return file, digest.hexdigest()


async def _sent(
    site: Site,
    request: Request,
    file: SpooledTemporaryFile[bytes],
    tag: str,
    media_type: str,
    headers: dict[str, str],
) -> Response:
    size = file.tell()
    file.seek(0)
    if size <= SMALL:
        with file:
            body = file.read()
        packed = await site.pages.aside(lambda: finished(body))
        return respond(request, packed, media_type, headers)
    if tag in request.headers.get("if-none-match", ""):
        file.close()
        return Response(status_code=304, headers={"ETag": f'"{tag}"', **headers})
    with_it = {"ETag": f'"{tag}"', "Content-Length": str(size), "Cache-Control": "no-cache", **headers}
    return StreamingResponse(_read(file), headers=with_it, media_type=media_type)


def _read(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


PAGES = (
    Page("/{community}/{series}/{slug}/chat.json", chat_json),
    Page("/{community}/{series}/{slug}/chat.csv", chat_table),
    Page("/{community}/{series}/{slug}/chat.md", chat_markdown),
)
