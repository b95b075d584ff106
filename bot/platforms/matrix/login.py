"""Comes in at a homeserver: by a token, or by a password once and then as the same device for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import structlog

from bot.clock import Clock
from bot.core.sentences import matrix as sentences
from bot.networks import MatrixSettings
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused
from bot.platforms.matrix.kept_login import Login, drop_login, keep_login, read_login
from bot.storage.store import Store

LOGIN: Final = "matrix_login"
"""Under this name the database of an earlier version kept what the homeserver gave for the password."""
DEVICE: Final = "EDCHAT"
"""What the name of the bot's device begins with."""
SHOWN: Final = "EdChat bot"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Closed(Exception):
    """The homeserver does not let the bot in; its message is a sentence that says what to do."""


class Door:
    """Lets each life in, and knows when it makes no sense to knock again."""

    def __init__(self, settings: MatrixSettings, store: Store, clock: Clock) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self._fresh = False
        self._login: Login | None = None
        self.since: datetime | None = None
        """When this device was made, where that is known: what was sent before is not known by its key."""

    async def enter(self, session: aiohttp.ClientSession) -> Homeserver:
        """Come in; raises Closed when nobody can, and MatrixRefused or what aiohttp raises for now."""
        token = self._settings.token
        if token is not None:
            await _take_out(self._store)
            return await self._as_owner_of(session, token.get_secret_value())
        return await self._with_password(session)

    async def turned_out(self, after_long: bool) -> None:
        """Note that the homeserver does not know the token any more; raises Closed when that is the end."""
        if self._settings.token is not None:
            raise Closed(sentences.UNKNOWN_TO_SERVER)
        if self._fresh and not after_long:
            raise Closed(sentences.TURNED_OUT)
        await self._forget()

    async def _forget(self) -> None:
        self._login = None
        if self._settings.login_file is not None:
            drop_login(self._settings.login_file)
        await _take_out(self._store)

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
        login = self._login or await stored(self._store, self._settings)
        if login is None:
            login = await self._log_in(session)
            self._fresh = True
        self._login = login
        await self._keep(login)
        self.since = datetime.fromisoformat(login.at)
        return self._homeserver(session, login.token, login.device)

    async def _log_in(self, session: aiohttp.ClientSession) -> Login:
        async with self._store.read() as tx:
            device = DEVICE + (await tx.installed("name") or "")
        told = await log_in(Homeserver(session, self._settings.homeserver), self._settings, device)
        at = self._clock.real().isoformat()
        _log.info("matrix_logged_in", device=told["device_id"])
        account = self._settings.homeserver, self._settings.user
        return Login(*account, told["access_token"], told["device_id"], at)

    async def _keep(self, login: Login) -> None:
        """Keep it in its file alone."""
        file = self._settings.login_file
        if file is not None and (read_login(file) == login or keep_login(file, login)):
            await _take_out(self._store)

    def _homeserver(self, session: aiohttp.ClientSession, token: str, device: str) -> Homeserver:
        user = self._settings.user
        return Homeserver(session, self._settings.homeserver, token=token, user=user, device=device)


async def stored(store: Store, settings: MatrixSettings) -> Login | None:
    """What was given for the password before, if it is of this account."""
    found = read_login(settings.login_file) if settings.login_file else None
    if found is None:
        async with store.read() as tx:
            kept = await tx.installed(LOGIN)
        found = Login(*json.loads(kept)) if kept else None
    return found if found is not None and found.fits(settings) else None


async def _take_out(store: Store) -> None:
    """Have it in no database, and so in no copy of one."""
    async with store.read() as tx:
        kept = await tx.installed(LOGIN)
    if kept:
        async with store.begin() as tx:
            await tx.install(LOGIN, "")


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
