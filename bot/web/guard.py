"""What stands between the network and the pages: hosts, methods, sizes, origins, speeds and headers."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.core import sentences
from bot.core.tongue import _, speak
from bot.web.limits import Limits
from bot.web.site import Site
from bot.web.tongues import tongue_wanted
from bot.web.turning_away import Pairs, Told, told

CSP: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a page may load and do: what comes from here, and nothing else."""
ALLOWED: Final = b"GET, HEAD, POST"
MOST_PATH: Final = 1_000
MOST_QUERY: Final = 2_000
MOST_BODY: Final = 64 * 1024
TURNS: Final = 16
"""How many pages are under way at once; others wait, and those that only follow are not counted."""
SESSIONS: Final = "edchat"
"""The cookie of those who are signed in."""

_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_ALWAYS: Final = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,255})(?::[0-9]{1,5})?")
_DIGITS: Final = 12
_ONLY_TLS: Final = (b"strict-transport-security", b"max-age=31536000")

log = structlog.get_logger()


class TurnedAway(Exception):
    """A request that goes no further, with the sentence that says why."""

    def __init__(self, status: int, sentence: str, *headers: tuple[bytes, bytes], **values: object) -> None:
        super().__init__(sentence)
        self.status, self.headers = status, headers
        self._sentence, self._values = sentence, values

    @property
    def sentence(self) -> str:
        """What is said, in the language that is spoken."""
        return _(self._sentence).format(**self._values)


class _Left(Exception):
    """Somebody hung up before their form was whole."""


class Guard:
    """Turns away what no page should have to look at, and gives every answer its safety headers."""

    def __init__(self, app: ASGIApp, site: Site, limits: Limits, trusted_proxies: Sequence[str] = ()) -> None:
        self._app, self._site, self._limits, self._secure = app, site, limits, site.secure
        self._turns = asyncio.Semaphore(TURNS)
        base = urlsplit(site.base_url)
        self._hosts = _HERE | {(base.hostname or "").lower()}
        self._base = f"{base.scheme}://{base.netloc}".lower()
        self._proxies = tuple(ip_network(one, strict=False) for one in trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        answer = _Answer(send, self._headers(headers), headers.get("host", ""))
        accepts = headers.get("accept", "")
        try:
            self._check(scope, headers)
            if scope["method"] == "POST":
                await self._app(scope, await _body(scope, receive), answer.send)
            else:
                await self._in_turn(scope, receive, answer)
        except _Left:
            return
        except TurnedAway as no:
            speak(tongue_wanted(headers.get("accept-language", "")))  # whose page it is, nobody looked up
            await answer.say(no.status, told(self._site, no.status, no.sentence, accepts), *no.headers)
        except Exception:
            log.exception("page_failed", page=scope["path"].split("/")[:2][-1][:20])
            await answer.say(500, told(self._site, 500, _(sentences.WEB_BROKEN), accepts))

    async def _in_turn(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        """Make a few pages at a time, up to where they begin: the bot's own work has its turn in between."""
        await self._turns.acquire()
        answer.leave = self._turns.release
        try:
            await self._app(scope, receive, answer.send)
        finally:
            answer.left()

    def _check(self, scope: Scope, headers: Headers) -> None:
        host = self._known_host(headers)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            raise TurnedAway(405, sentences.WEB_METHOD_WRONG, (b"allow", ALLOWED))
        if len(scope.get("raw_path") or b"") > MOST_PATH or len(scope["query_string"]) > MOST_QUERY:
            raise TurnedAway(414, sentences.WEB_ADDRESS_LONG)
        address = sender(scope, headers, self._proxies)
        scope["client"] = (address, (scope.get("client") or ("", 0))[1])
        sends = scope["method"] == "POST"
        if sends and not self._own_form(headers, host):
            raise TurnedAway(403, sentences.WEB_FORM_FOREIGN)
        self._in_time(scope["path"], address, _person(headers), sends=sends)
        # Parts of a page are never served: a whole one is right, and no number in it is believed.
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in (b"range", b"if-range")]

    def _known_host(self, headers: Headers) -> str:
        """What the browser calls this server; names that are not ours are somebody else's trick."""
        said = headers.getlist("host")
        host = _hostname(said[0]) if len(said) == 1 else None
        if host is None or host not in self._hosts:
            raise TurnedAway(400, sentences.WEB_HOST_WRONG)
        return said[0].lower()

    def _own_form(self, headers: Headers, host: str) -> bool:
        """Whether a form was sent from a page of ours; who says nothing of its origin is no browser."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin", "").lower()
        ours = origin in (self._base, f"http://{host}", f"https://{host}")
        if site is not None:
            # A page that tells no referrer hides its origin too, even from itself.
            return site == "same-origin" and (ours or origin in ("", "null"))
        return ours

    def _in_time(self, path: str, address: str, person: str, *, sends: bool) -> None:
        if not sends and path.startswith("/static/"):
            return
        seconds = self._limits.wait(address, person, sends=sends, joins=sends and path.startswith("/join/"))
        if seconds:
            after = b"retry-after", str(seconds).encode()
            raise TurnedAway(429, sentences.WEB_TOO_FAST, after, seconds=seconds)

    def _headers(self, headers: Headers) -> Pairs:
        """Over plain HTTP from afar a browser tells of a form's origin only where a referrer is allowed."""
        afar = _hostname(headers.get("host", "")) in self._hosts - _HERE
        referrer = b"same-origin" if afar and not self._secure else b"no-referrer"
        return safety_headers(referrer, secure=self._secure)


class _Answer:
    """What goes out: with safety headers, and a sentence where nothing was said yet."""

    def __init__(self, send: Send, headers: Pairs, host: str) -> None:
        self._send, self._headers, self._host = send, headers, host.encode("latin-1")
        self._begun = False
        self.leave: Callable[[], None] | None = None

    def left(self) -> None:
        """Make room for the next one, once."""
        leave, self.leave = self.leave, None
        if leave is not None:
            leave()

    async def send(self, message: Message) -> None:
        """Send on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self._begun = True
            self.left()
            ours = {name for name, _ in self._headers}
            kept = [
                (name, _path_here(value, self._host) if name == b"location" else value)
                for name, value in message.get("headers", ())
                if name.lower() not in ours
            ]
            message = {**message, "headers": [*kept, *self._headers]}
        await self._send(message)

    async def say(self, status: int, told: Told, *more: tuple[bytes, bytes]) -> None:
        """Answer with what somebody is told, unless an answer is under way."""
        if self._begun:
            return
        headers = [*told.headers, *more]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": told.body})


def safety_headers(referrer: bytes, *, secure: bool) -> Pairs:
    """What every answer tells the browser not to do."""
    return (*_ALWAYS, (b"referrer-policy", referrer), *((_ONLY_TLS,) if secure else ()))


def sender(scope: Scope, headers: Headers, proxies: Iterable[IPv4Network | IPv6Network]) -> str:
    """The address a request comes from; what it says of that itself is believed of our own proxies alone."""
    address = str((scope.get("client") or ("", 0))[0])
    hops = [
        hop.strip() for line in headers.getlist("x-forwarded-for") for hop in line.split(",") if hop.strip()
    ]
    networks = tuple(proxies)
    while hops and _among(address, networks):
        address = hops.pop()
    return address


def _among(address: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in networks)


def _path_here(location: bytes, host: bytes) -> bytes:
    """Where a redirect leads: a path where it stays here, since how readers came here is not known here."""
    path = location.removeprefix(b"http://" + host).removeprefix(b"https://" + host)
    # A path that begins with two slashes would be another site's name.
    return path if path[:1] == b"/" and path[1:2] not in (b"/", b"\\") else location


def _hostname(host: str) -> str | None:
    """The name in a Host header without its port, or None where that is no name."""
    found = _HOST.fullmatch(host)
    return found[1].strip("[]").lower() if found else None


def _person(headers: Headers) -> str:
    """Who asks, as far as their cookie tells: enough to count, and nothing to be remembered by."""
    said = cookie_parser(headers.get("cookie", "")).get(SESSIONS, "")
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest() if said else ""


async def _body(scope: Scope, receive: Receive) -> Receive:
    """Take a form in whole, and turn away one that is too long before it is all here."""
    said = Headers(scope=scope).get("content-length", "0")
    if not said.isdecimal() or len(said) > _DIGITS or int(said) > MOST_BODY:
        raise TurnedAway(413, sentences.WEB_BODY_LONG)
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Left
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BODY:
            raise TurnedAway(413, sentences.WEB_BODY_LONG)
    whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def taken_in() -> Message:
        return whole.pop() if whole else await receive()

    return taken_in
