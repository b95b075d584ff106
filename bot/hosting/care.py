"""What a host of the bot asks for now and then: a link for a host, a look-over, a restored copy."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

from bot import control
from bot.app import kept_clock, listed, written_url
from bot.clock import Clock
from bot.core import sentences
from bot.core.model import Refused
from bot.erasures import ErasureList, catch_up
from bot.hosting.doctor import examine, examine_discord, examine_matrix
from bot.settings import Settings
from bot.storage.engine import database_url, locked
from bot.storage.forgetting.restore import brought, put_in_place
from bot.storage.migrate import migrate
from bot.storage.store import Store


async def link(settings: Settings, community: str | None) -> None:
    """Print a one-time link for one more host; the bot must be running, so that it can be opened."""
    answer = await control.ask(settings.data_dir, "link", community=community)
    if answer is None:
        raise Refused(sentences.LINK_NEEDS_BOT)
    print(answer["link"])


async def doctor(settings: Settings, *, as_json: bool, discord: bool = False, matrix: bool = False) -> None:
    """Print what is configured and what is wrong; raises Refused when something is."""
    on_networks = [examine_discord] * discord + [examine_matrix] * matrix
    findings = [one for look in on_networks or [examine] for one in await look(settings)]
    if as_json:
        print(json.dumps([asdict(one) for one in findings], ensure_ascii=False))
    else:
        for one in findings:
            print(sentences.checked(one.fine, one.what, one.found, one.advice))
    wrong = sum(not one.fine for one in findings)
    if wrong:
        raise Refused(sentences.to_mend(wrong))
    if not as_json:
        print(sentences.ALL_WELL)


async def restore(settings: Settings, file: Path) -> None:
    """Put a copy of the database in its place; what was forgotten since then is forgotten again."""
    clock = kept_clock(settings.data_dir)
    database = Path(str(database_url(written_url(settings), settings.data_dir).database))
    with locked(settings.data_dir), brought(file, database) as fresh:
        counts, again = await _made_ready(fresh, listed(settings), clock)
        aside = put_in_place(fresh, database, clock.real())
    kept = aside.name if aside else None
    print(sentences.restored(str(file), counts["chats"], counts["messages"], again, kept))


async def _made_ready(file: Path, erased: ErasureList, clock: Clock) -> tuple[dict[str, int], int]:
    """Bring a copy up to date before anybody reads it; gives what it holds and how much was erased again."""
    url = database_url("", file.parent).set(database=str(file))
    await asyncio.to_thread(migrate, url, clock.real(), keep=False)
    async with Store(url, erased=erased.add) as store:
        again = await catch_up(store, erased, clock.now())
        async with store.read() as tx:
            return await tx.counts(), again
