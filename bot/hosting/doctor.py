"""Looks a bot over: what is configured, what is wrong, and what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot import control
from bot.app import kept_clock, listed, written_url
from bot.core import sentences
from bot.core.backups import copies, stale
from bot.core.finding import Finding
from bot.core.model import Refused
from bot.core.sentences import discord_check, matrix_check, wellness
from bot.core.times.zones import known_zone
from bot.core.wellness import LITTLE_ROOM
from bot.settings import Settings, strangers
from bot.storage.caring import UNTOLD
from bot.storage.engine import StorageFull, database_url, network_disk, read_only
from bot.storage.migrate import head, known
from bot.storage.store import KNOWS, Store, Tx

OVERDUE = timedelta(minutes=10)
_HERE = ("127.0.0.1", "::1", "localhost")


def free_bytes(folder: Path) -> int:
    """How much room a folder's disk has."""
    return shutil.disk_usage(folder).free


async def examine(settings: Settings, free: Callable[[Path], int] = free_bytes) -> tuple[Finding, ...]:
    """Look at settings, disk, pages, copies and database; nothing is changed."""
    findings = [*_settings(), *_disk(settings, free), *_pages(settings)]
    folder = settings.data_dir
    if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
        return tuple(findings)
    answers, running = await _running(settings)
    return (*findings, running, *_copies(settings, answers=answers), *await _database(settings))


async def examine_discord(settings: Settings) -> tuple[Finding, ...]:
    """Look at the bot on Discord: token, intents, servers, and what it may do there."""
    if settings.discord is None:
        return (Finding(False, "discord token", discord_check.NOT_SET_UP, discord_check.SET_UP_HOW),)
    from bot.platforms.discord import checking  # loaded for those who are there

    return tuple([finding async for finding in checking.examine(settings.discord)])


async def examine_matrix(settings: Settings) -> tuple[Finding, ...]:
    """Look at the bot on Matrix: homeserver, account, limit, rooms, and what it may do there."""
    if settings.matrix is None:
        return (Finding(False, "homeserver", matrix_check.NO_ACCOUNT, matrix_check.MAKE_ACCOUNT),)
    from bot.platforms.matrix import checking  # loaded for those who are there

    url = database_url(written_url(settings), settings.data_dir)
    if not _size(Path(str(url.database))):
        return tuple([finding async for finding in checking.examine(settings.matrix, None)])
    async with Store(read_only(url)) as store:
        return tuple([finding async for finding in checking.examine(settings.matrix, store)])


def _settings() -> Iterator[Finding]:
    wrong = list(strangers())
    if not wrong:
        yield Finding(True, "settings", sentences.SETTINGS_FINE)
    for sentence in wrong:
        yield Finding(False, "settings", sentence)


def _disk(settings: Settings, free: Callable[[Path], int]) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists():
        yield Finding(True, "data folder", sentences.FOLDER_NEW.format(folder=folder))
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(False, "data folder", str(folder), sentences.FOLDER_CLOSED)
        return
    room = free(folder)
    found = sentences.FOLDER_ROOM.format(folder=folder, room=wellness.size(room))
    little = room < LITTLE_ROOM
    yield Finding(not little, "data folder", found, sentences.MAKE_ROOM if little else "")
    if kind := network_disk(folder):
        yield Finding(False, "disk", kind, sentences.NETWORK_DISK)
    if folder.stat().st_mode & 0o007:
        yield Finding(False, "permissions", sentences.FOLDER_OPEN, f"chmod o-rwx {folder}")


def _pages(settings: Settings) -> Iterator[Finding]:
    base, listens = settings.web_base_url, f"{settings.web_host}:{settings.web_port}"
    if base is None:
        local = settings.web_host in _HERE
        yield Finding(local, "pages", f"{listens}, for this machine", "" if local else sentences.SET_BASE_URL)
        return
    parts = urlsplit(base)
    safe = parts.scheme == "https" or parts.hostname in _HERE
    yield Finding(safe, "pages", f"{base}, from {listens}", "" if safe else sentences.USE_HTTPS)


async def _running(settings: Settings) -> tuple[bool, Finding]:
    try:
        answers = await control.ask(settings.data_dir, "status") is not None
    except (Refused, OSError) as no:
        return True, Finding(False, "running", sentences.RUNS_SILENTLY, str(no))
    return answers, Finding(True, "running", "yes" if answers else "no")


def _copies(settings: Settings, *, answers: bool) -> Iterator[Finding]:
    if not settings.backups:
        yield Finding(True, "copies", sentences.NO_COPIES_WANTED)
        return
    folder = settings.data_dir / "backups"
    names = copies(file.name for file in folder.iterdir()) if folder.is_dir() else []
    old = answers and stale(names, datetime.now(UTC), ZoneInfo(settings.zone))
    found = sentences.copies_kept(names)
    yield Finding(not old, "copies", found, sentences.COPIES_OLD if old else "")


async def _database(settings: Settings) -> list[Finding]:
    url = database_url(written_url(settings), settings.data_dir)
    size = _size(Path(str(url.database)))
    if not size:
        return [Finding(True, "database", sentences.NO_DATABASE)]
    try:
        async with Store(read_only(url)) as store:
            await store.check()
            async with store.read() as tx:
                return [Finding(True, "database", size), *await _inside(tx, settings)]
    except (Refused, StorageFull) as no:
        return [Finding(False, "database", size, str(no))]


def _size(database: Path) -> str:
    return f"{database}, {wellness.size(database.stat().st_size)}" if database.exists() else ""


async def _inside(tx: Tx, settings: Settings) -> list[Finding]:
    revision = await tx.schema()
    if revision != head():
        return [_schema(revision)]
    now = kept_clock(settings.data_dir).now()
    findings = [Finding(True, "schema", str(revision)), *await _communities(tx, settings)]
    untold = bool(await tx.installed(UNTOLD))  # who hosts the bot learns here what did not reach them
    findings += [Finding(False, "alarms", wellness.UNTOLD, wellness.BE_TOLD)] * untold
    return [*findings, *await _zones(tx), await _forgotten(tx, settings), await _to_be_sent(tx, now)]


async def _communities(tx: Tx, settings: Settings) -> list[Finding]:
    findings, every = [], await tx.communities()
    for community in every:
        rooms = ", ".join(place.name for place in await tx.places_of_community(community.id))
        ready = community.hosts_place_id is not None
        found = settings.web_prefix or len(every) == 1
        advice = ("" if found else sentences.PREFIX_NEEDED) if ready else sentences.HOSTS_NOWHERE
        findings.append(Finding(ready and found, "community", f"{community.name}: {rooms}", advice))
    empty = [sentences.no_hosts_yet(community.name) for community in await tx.communities_without_hosts()]
    return [*findings, *(Finding(False, "hosts", sentence, sentences.OPEN_LINK) for sentence in empty)]


def _schema(revision: str | None) -> Finding:
    if revision is None:
        return Finding(False, "schema", "none", sentences.NO_SCHEMA)
    if not known(revision):
        return Finding(False, "schema", revision, sentences.schema_newer(revision, head()))
    return Finding(True, "schema", revision, sentences.MIGRATES)


async def _zones(tx: Tx) -> list[Finding]:
    return [
        Finding(False, "zone", sentences.ZONE_NOT_THERE.format(zone=slot.rule.zone), advice)
        for series, slot in await tx.slots_to_materialise()
        if not known_zone(slot.rule.zone)
        for advice in [sentences.another_zone(series.title)]
    ]


async def _forgotten(tx: Tx, settings: Settings) -> Finding:
    known = await tx.installed(KNOWS)
    lacking, mark = listed(settings).since(known)
    if known and mark is None:
        return Finding(False, "forgotten", sentences.LIST_MISSING, sentences.BRING_LIST)
    return Finding(True, "forgotten", sentences.lacks_erasures(len(lacking)))


async def _to_be_sent(tx: Tx, now: datetime) -> Finding:
    waiting, oldest = await tx.waiting(), await tx.oldest_waiting()
    late = oldest is not None and now - oldest > OVERDUE
    return Finding(not late, "to be sent", str(waiting), sentences.SENDS_NOTHING if late else "")
