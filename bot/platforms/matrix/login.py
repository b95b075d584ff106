"""Comes in at a homeserver: by a token, or by a password once and then as the same device for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import structlog

from bot.clock import Clock
from bot.core.sentences import matrix as sentences
from bot.networks import MatrixSettings
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.storage.store import Store

LOGIN: Final = "matrix_login"
"""Under this name the database keeps what the homeserver gave for the password."""
DEVICE: Final = "EDCHAT"
"""What the name of the bot's device begins with."""
SHOWN: Final = "EdChat bot"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Closed(Exception):
    """The homeserver does not let the bot in; its message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Login:
    """What the homeserver gave for a password, and when; a device older than that is not the same one."""

    homeserver: str
    user: str
    token: str
    device: str
    at: str

    def fits(self, settings: MatrixSettings) -> bool:
        """Whether this is of the account in the settings."""
        return (self.homeserver, self.user) == (settings.homeserver, settings.user)


class Door:
    """Lets each life in, and knows when it makes no sense to knock again."""

    def __init__(self, settings: MatrixSettings, store: Store, clock: Clock) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self._fresh = False
        self.since: datetime | None = None
        """When this device was made, where that is known: what was sent before is not known by its key."""

    async def enter(self, session: aiohttp.ClientSession) -> Homeserver:
        """Come in; raises Closed when nobody can, and MatrixRefused or what aiohttp raises for now."""
        token = self._settings.token
        if token is not None:
            return await self._as_owner_of(session, token.get_secret_value())
        return await self._with_password(session)

    async def turned_out(self, after_long: bool) -> None:
        """Note that the homeserver does not know the token any more; raises Closed when that is the end."""
        if self._settings.token is not None:
            raise Closed(sentences.UNKNOWN_TO_SERVER)
        if self._fresh and not after_long:
            raise Closed(sentences.TURNED_OUT)
        async with self._store.begin() as tx:
            await tx.install(LOGIN, "")

    async def _as_owner_of(self, session: aiohttp.ClientSession, token: str) -> Homeserver:
        asking = Homeserver(session, self._settings.homeserver, token=token)
        try:
            told = await asking.ask("GET", "v3/account/whoami")
        except MatrixRefused as no:
            if no.status == HTTPStatus.UNAUTHORIZED:
                raise Closed(sentences.UNKNOWN_TO_SERVER) from no
            if no.code == "M_USER_DEACTIVATED":
                raise Closed(sentences.DEACTIVATED) from no
            raise
        if told["user_id"] != self._settings.user:
            raise Closed(sentences.another_account(told["user_id"], self._settings.user))
        return self._homeserver(session, token, told.get("device_id", ""))

    async def _with_password(self, session: aiohttp.ClientSession) -> Homeserver:
        login = await stored(self._store, self._settings)
        if login is None:
            login = await self._log_in(session)
            self._fresh = True
        self.since = datetime.fromisoformat(login.at)
        return self._homeserver(session, login.token, login.device)

    async def _log_in(self, session: aiohttp.ClientSession) -> Login:
        async with self._store.read() as tx:
            device = DEVICE + (await tx.installed("name") or "")
        told = await log_in(Homeserver(session, self._settings.homeserver), self._settings, device)
        at = self._clock.real().isoformat()
        login = Login(
            self._settings.homeserver, self._settings.user, told["access_token"], told["device_id"], at
        )
        async with self._store.begin() as tx:
            await tx.install(LOGIN, json.dumps([login.homeserver, login.user, login.token, login.device, at]))
        _log.info("matrix_logged_in", device=login.device)
        return login

    def _homeserver(self, session: aiohttp.ClientSession, token: str, device: str) -> Homeserver:
        user = self._settings.user
        return Homeserver(session, self._settings.homeserver, token=token, user=user, device=device)


async def stored(store: Store, settings: MatrixSettings) -> Login | None:
    """What was given for the password before, if it is of this account."""
    async with store.read() as tx:
        kept = await tx.installed(LOGIN)
    login = Login(*json.loads(kept)) if kept else None
    return login if login is not None and login.fits(settings) else None


async def log_in(asking: Homeserver, settings: MatrixSettings, device: str) -> Mapping[str, Any]:
    """Give the password; raises Closed when it is the wrong one, or the server takes none."""
    password = settings.password.get_secret_value() if settings.password else ""
    said = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": settings.user},
        "password": password,
        "device_id": device,
        "initial_device_display_name": SHOWN,
    }
    try:
        told: Mapping[str, Any] = await asking.ask("POST", "v3/login", said)
    except MatrixRefused as no:
        if no.code == "M_FORBIDDEN":
            raise Closed(sentences.NOT_LET_IN) from no
        if no.code == "M_USER_DEACTIVATED":
            raise Closed(sentences.DEACTIVATED) from no
        if no.code in ("M_UNKNOWN", "M_UNRECOGNIZED", "M_INVALID_PARAM"):
            raise Closed(sentences.NOT_BY_LOGIN) from no
        raise
    return told
