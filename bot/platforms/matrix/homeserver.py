"""Speaks to one homeserver as one device: each request once, and the answer as it came."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from yarl import URL

API: Final = "_matrix/client"
_OK: Final = range(200, 300)
_ITS_FAULT: Final = 500
_A_SECOND: Final = 1000
"""Milliseconds."""
LONGEST_WAIT: Final = 3600
"""Seconds that a server may ask us to wait; more is a mistake, and would leave us deaf."""


class MatrixRefused(Exception):
    """The server's own no; `code` is as in "M_FORBIDDEN", `retry_after` seconds where it names them."""

    def __init__(self, status: int, code: str, text: str, retry_after: float | None = None) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status, self.code, self.text, self.retry_after = status, code, text, retry_after


class Homeserver:
    """Speaks to one homeserver as one device."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, token: str = "", user: str = "", device: str = ""
    ) -> None:
        """Speak to the server at `url`; without a token only what everybody may ask."""
        self._session, self._url = session, url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.user, self.device = user, device
        self.reached = True
        """Whether the server answered when it was asked last, and was not out of order."""
        self.keeping = asyncio.Lock()
        """Held while something is changed that the account keeps: it is read and then written whole."""

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        within: float = 30.0,
        **query: str | int | None,
    ) -> Any:
        """Make one request and give its answer; `path` stands below the client API unless it begins with "/".

        Its parts are quoted. Raises MatrixRefused, or what aiohttp raises where there was no answer.
        """
        params = {name: str(value) for name, value in query.items() if value is not None}
        url = URL(self._url + (path if path.startswith("/") else f"/{API}/{path}"), encoded=True)
        try:
            async with self._asking(method, url, body, params, within) as answer:
                self.reached = answer.status < _ITS_FAULT
                said = await _read(answer)
                if answer.status not in _OK:
                    raise _refusal(answer, said)
                return said
        except (aiohttp.ClientError, TimeoutError, OSError):
            self.reached = False
            raise

    def _asking(
        self, method: str, url: URL, body: Mapping[str, Any] | None, params: Mapping[str, str], within: float
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        timeout, headers = aiohttp.ClientTimeout(total=within), self._headers
        return self._session.request(
            method, url, json=body, params=params, headers=headers, timeout=timeout, allow_redirects=False
        )


def part(native_id: str) -> str:
    """One part of a path, with "/", "!" and all else quoted."""
    return quote(native_id, safe="")


async def _read(answer: aiohttp.ClientResponse) -> Any:
    """What an answer holds; of a refusal that is no JSON, as of a proxy's own, nothing."""
    try:
        return await answer.json(content_type=None)
    except ValueError as fault:
        if answer.status not in _OK:
            return None
        raise aiohttp.ClientPayloadError("what the homeserver answered is no JSON") from fault


def _refusal(answer: aiohttp.ClientResponse, said: Any) -> MatrixRefused:
    told = said if isinstance(said, dict) else {}
    wait = told.get("retry_after_ms")
    if isinstance(wait, int | float) and not isinstance(wait, bool):
        seconds: float | None = max(0, min(wait, LONGEST_WAIT * _A_SECOND)) / _A_SECOND
    else:
        written = answer.headers.get("Retry-After", "")
        seconds = min(float(written), LONGEST_WAIT) if written.isdecimal() else None
    return MatrixRefused(answer.status, str(told.get("errcode", "")), str(told.get("error", "")), seconds)
