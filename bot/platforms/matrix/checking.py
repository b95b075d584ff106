"""Looks a bot over on Matrix: its homeserver, its account, its limit, its rooms and what it may do there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from bot.core.finding import Finding
from bot.core.sentences import matrix
from bot.core.sentences import matrix_check as sentences
from bot.networks import MatrixSettings
from bot.platforms.matrix.health import health, name_of
from bot.platforms.matrix.homeserver import Homeserver, MatrixRefused, part
from bot.platforms.matrix.login import Closed, log_in, stored
from bot.platforms.matrix.override import lifted
from bot.platforms.matrix.rooms import Room
from bot.platforms.matrix.talks import rooms_of, talks
from bot.platforms.matrix.translating import Between, Stands, read
from bot.storage.store import Store

_FOR_A_LOOK: Final = "EDCHATDOCTOR"
"""The device of a look over a bot that never ran; it is signed out again."""
_FAULTS: Final = (aiohttp.ClientError, OSError, TimeoutError)


async def examine(settings: MatrixSettings, store: Store | None) -> AsyncIterator[Finding]:
    """Ask the homeserver; nothing is changed, and nobody in a room sees it."""
    async with aiohttp.ClientSession() as session:
        asking = Homeserver(session, settings.homeserver, user=settings.user)
        try:
            there = await _server(asking, settings)
            yield there
            if there.fine or there.advice == sentences.WRITE_HTTPS:
                async for finding in _as_bot(session, settings, store):
                    yield finding
        except _FAULTS:
            yield Finding(False, "homeserver", sentences.SILENT, sentences.ASK_LATER)
        except MatrixRefused as no:
            yield Finding(False, "homeserver", sentences.no_answer(str(no)), sentences.ASK_LATER)


async def _server(asking: Homeserver, settings: MatrixSettings) -> Finding:
    try:
        told = await asking.ask("GET", "versions")
        newest = str(told["versions"][-1])
    except (MatrixRefused, LookupError, TypeError, aiohttp.ClientPayloadError):
        return Finding(False, "homeserver", sentences.NO_HOMESERVER, sentences.ITS_OWN_ADDRESS)
    safe = urlsplit(settings.homeserver).scheme == "https" or settings.stays_here
    found = sentences.answers(settings.homeserver, newest)
    return Finding(safe, "homeserver", found, "" if safe else sentences.WRITE_HTTPS)


async def _as_bot(
    session: aiohttp.ClientSession, settings: MatrixSettings, store: Store | None
) -> AsyncIterator[Finding]:
    try:
        home, made = await _entered(session, settings, store)
        yield await _account(home, settings)
    except Closed as no:
        yield Finding(False, "account", sentences.NOT_LET_IN_NOW, str(no))
        return
    try:
        yield Finding(True, "invitations", sentences.invited_by(settings.inviters))
        yield await _limit(home)
        async for finding in _rooms(home):
            yield finding
    finally:
        if made:
            await home.ask("POST", "v3/logout", {})


async def _entered(
    session: aiohttp.ClientSession, settings: MatrixSettings, store: Store | None
) -> tuple[Homeserver, bool]:
    """Come in as the bot does, and whether that made a device: a running bot's own is left alone."""
    login, made = await stored(store, settings) if store else None, False
    if settings.token is not None:
        token = settings.token.get_secret_value()
    elif login is not None:
        token = login.token
    else:
        asking = Homeserver(session, settings.homeserver)
        token, made = (await log_in(asking, settings, _FOR_A_LOOK))["access_token"], True
    return Homeserver(session, settings.homeserver, token=token, user=settings.user), made


async def _account(home: Homeserver, settings: MatrixSettings) -> Finding:
    try:
        told = await home.ask("GET", "v3/account/whoami")
    except MatrixRefused as no:
        if no.status != HTTPStatus.UNAUTHORIZED:
            raise
        # With a password the bot comes in again by itself.
        fine = settings.password is not None and settings.token is None
        raise Closed(matrix.TURNED_OUT if fine else matrix.UNKNOWN_TO_SERVER) from no
    if told["user_id"] != settings.user:
        raise Closed(matrix.another_account(told["user_id"], settings.user))
    return Finding(True, "account", sentences.comes_in_as(settings.user, told.get("device_id", "")))


async def _limit(home: Homeserver) -> Finding:
    """What an administrator's account sees of its own limit; others are told how to lift it."""
    done = await lifted(home)
    if done is None:
        return Finding(True, "rate limit", sentences.LIMIT_UNSEEN, sentences.lift_limit(home.user))
    if done:
        return Finding(True, "rate limit", sentences.LIMIT_OFF)
    return Finding(False, "rate limit", sentences.LIMIT_USUAL, sentences.lift_limit(home.user))


async def _rooms(home: Homeserver) -> AsyncIterator[Finding]:
    direct = await _direct(home)
    rooms = [
        await _room(home, native_id)
        for native_id in (await home.ask("GET", "v3/joined_rooms"))["joined_rooms"]
        if native_id not in direct
    ]
    rooms = [room for room in rooms if not room.is_space]
    if not rooms:
        yield Finding(False, "rooms", sentences.NO_ROOM, sentences.invite(home.user))
    for room in rooms:
        lacking = health(room, home.user).lacking
        found = sentences.LACKING if lacking else sentences.ALL_POWERS
        yield Finding(not lacking, f"room {name_of(room)}", found, " ".join(lacking))


async def _room(home: Homeserver, native_id: str) -> Room:
    room, now = Room(native_id), datetime.now(UTC)
    for event in await home.ask("GET", f"v3/rooms/{part(native_id)}/state"):
        told = read(event, Between(now, now))
        if isinstance(told, Stands):
            room.take(told)
    return room


async def _direct(home: Homeserver) -> frozenset[str]:
    return frozenset(room for rooms in rooms_of(await talks(home)).values() for room in rooms)
