"""One simulated person with a browser of their own: joins by a link, and does over HTTP what people do."""

from __future__ import annotations

import asyncio
import html
import json
import re
import secrets
from collections.abc import AsyncIterator
from typing import Any, Final

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, CookieJar

from bot.core.model import Refused

TRIES: Final = 5
_WAIT: Final = 0.2
_AS_SCRIPT: Final = {"Accept": "application/json"}
_TAGS: Final = re.compile(r"<[^>]+>")
_POST: Final = re.compile(r'<li class="m bot[^"]*" id="m(\d+)"')
_QUESTION: Final = re.compile(r'<div class="say"><p>[A-Z](\d+): ')


class Visitor:
    """Somebody in the browser; messages are named by the ids that the room gives them."""

    def __init__(self, name: str, base: str) -> None:
        self.name, self.base = name, base
        self._session = ClientSession(cookie_jar=CookieJar(unsafe=True), timeout=ClientTimeout(total=None))

    async def join(self, link: str) -> None:
        """Open a link and give a name."""
        await self._post(link, {"name": self.name})

    async def say(
        self, room: str, text: str, *, thread: str = "", reply: str = "", by_form: bool = False
    ) -> str:
        """Say something and give the id of what was said."""
        fields = {"text": text, "thread": thread, "reply": reply, "once": secrets.token_urlsafe(9)}
        fields |= {"by_form": "yes"} if by_form else {}
        answer = await self._post(f"/room/{room}/say", {k: v for k, v in fields.items() if v})
        return str(answer["said"])

    async def types(self, room: str, command: str) -> str:
        """Type a command and read its answer."""
        fields = {"text": f"!edchat {command}", "once": secrets.token_urlsafe(9)}
        answer = await self._post(f"/room/{room}/say", fields)
        return " ".join(_TAGS.sub(" ", str(answer["html"])).split())

    async def edit(self, room: str, message: str, text: str) -> None:
        """Change one's own words."""
        await self._post(f"/room/{room}/m/{message}/", {"act": "edit", "text": text})

    async def delete(self, room: str, message: str) -> None:
        """Take one's own words back."""
        await self._post(f"/room/{room}/m/{message}/", {"act": "delete"})

    async def react(self, room: str, message: str, number: int) -> None:
        """Put a digit on a message."""
        await self._post(f"/room/{room}/m/{message}/", {"act": f"react {number}"})

    async def reads(self, path: str) -> Any:
        """Read a page's data."""
        async with self._session.get(self.base + path) as answer:
            if answer.status != 200:
                raise Refused(f"{path} answers {answer.status}")
            return await answer.json(content_type=None)

    async def follows(self, room: str) -> AsyncIterator[str]:
        """What appears in a room from now on, each as a piece of its page; goes on after a broken line."""
        last = "0"
        while True:
            try:
                async for name, event_id, data in self._events(f"/room/{room}/events?after={last}"):
                    last = event_id or last
                    if name in ("said", "edited"):
                        yield data
            except ClientConnectionError:
                pass
            await asyncio.sleep(_WAIT)

    async def questions(self, room: str) -> AsyncIterator[tuple[int, str]]:
        """The questions that appear in a room from now on, each with its post."""
        async for piece in self.follows(room):
            post, asked = _POST.search(piece), _QUESTION.search(html.unescape(piece))
            if post and asked:
                yield int(asked[1]), post[1]

    async def close(self) -> None:
        """Shut the browser."""
        await self._session.close()

    async def _events(self, path: str) -> AsyncIterator[tuple[str, str, str]]:
        async with self._session.get(self.base + path, headers={"Accept": "text/event-stream"}) as answer:
            name, event_id, lines = "message", "", list[str]()
            async for raw in answer.content:
                field, _, value = raw.decode().rstrip("\n").partition(": ")
                match field:
                    case "event":
                        name = value
                    case "id":
                        event_id = value
                    case "data":
                        lines.append(value)
                    case "":
                        if lines:
                            yield name, event_id, "\n".join(lines)
                        name, lines = "message", []

    async def _post(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        """Send a form, again where the line broke: its own key makes that harmless."""
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                headers = _AS_SCRIPT | {"Origin": self.base}
                async with self._session.post(self.base + path, data=fields, headers=headers) as answer:
                    return _read(path, answer.status, await answer.text())
            except ClientConnectionError:
                if last:
                    raise
                await asyncio.sleep(_WAIT)
        raise AssertionError


def _read(path: str, status: int, text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text) if text.startswith("{") else {}
    if status >= 400:
        raise Refused(str(found.get("refused", f"{path} answers {status}")))
    return found
