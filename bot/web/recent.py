"""Pages that strangers asked for since anything changed: handed out before anything else is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.storage.archive.changes import Stamp
from bot.storage.store import Store, Tx
from bot.web.cache import Cached, respond

MOST_BYTES: Final = 16 * 1024 * 1024
"""How much memory the kept pages may take."""
_ASKED_BY: Final = (b"accept-encoding", b"if-none-match")
"""The headers that an answer depends on, beside its path."""
_MOST_WAYS: Final = 8

Way = tuple[bytes, ...]


@dataclass(slots=True)
class _Kept:
    page: Cached
    answers: dict[Way, Response] = field(default_factory=dict)

    def answer(self, scope: Scope, way: Way) -> Response:
        """The answer to this way of asking, made once."""
        if (found := self.answers.get(way)) is None:
            found = respond(Request(scope), self.page)
            if len(self.answers) < _MOST_WAYS:
                self.answers[way] = found
        return found


class Recent:
    """Finished pages by path, all let go when anything was committed.

    Only who brings no cookie is a stranger for sure, and only a bare path is a page for sure.
    """

    def __init__(self, store: Store) -> None:
        self._changes = store.changes
        self._stamp: Stamp | None = None
        self._kept: dict[str, _Kept] = {}
        self._bytes = 0
        store.committed.append(self._committed)

    def before(self, app: ASGIApp) -> ASGIApp:
        """The same application, that is asked only where no recent page is the answer."""

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            await (self._answer(scope) or app)(scope, receive, send)

        return answered

    def now(self) -> Stamp | None:
        """The state of the database, to be asked before a page is read from it."""
        return self._changes.stamp()

    def keep(self, request: Request, page: Cached, stamp: Stamp | None) -> None:
        """Keep a page that was read after this stamp, unless something was committed meanwhile."""
        if _way(request.scope) is None or stamp is None or stamp != self.now():
            return
        self._bytes += page.size
        if stamp != self._stamp or self._bytes > MOST_BYTES:
            self._kept.clear()
            self._bytes = page.size
        self._stamp = stamp
        self._kept[request.scope["path"]] = _Kept(page)

    def _answer(self, scope: Scope) -> Response | None:
        kept = self._kept.get(scope["path"])
        way = _way(scope) if kept is not None else None
        if kept is None or way is None or self._stamp != self.now():
            return None
        return kept.answer(scope, way)

    def _committed(self, tx: Tx) -> None:
        """Let go of what may be forgotten by now, without waiting for the next who asks."""
        self._kept.clear()


def _way(scope: Scope) -> Way | None:
    """How a stranger asks for a bare page; None where that is not who asks, or not what for."""
    if scope["query_string"] or scope["method"] not in ("GET", "HEAD"):
        return None
    asked = [b""] * len(_ASKED_BY)
    for name, value in scope["headers"]:
        if name == b"cookie":
            return None
        if name in _ASKED_BY:
            asked[_ASKED_BY.index(name)] += b"," + value
    return tuple(asked)
