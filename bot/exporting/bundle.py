"""`edchat export data` and `edchat import`: everything in one file that checks itself, there and back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bot import control
from bot.app import kept_clock, listed, written_url
from bot.core import sentences
from bot.core.model import Refused
from bot.core.sentences import exporting as said
from bot.erasures import ErasureList
from bot.exporting.checking import Bundle, opened
from bot.exporting.document import may_make
from bot.exporting.manifest import MANIFEST, Manifest, Member, put
from bot.exporting.snapshot import drawn, snapshot
from bot.settings import Settings
from bot.storage.bundle.apart import apart_from
from bot.storage.bundle.bringing import Brought, bring
from bot.storage.bundle.carried import carried_tables
from bot.storage.bundle.lines import lines_of
from bot.storage.bundle.origins import origin_of
from bot.storage.engine import StorageFull, database_url, locked
from bot.storage.forgetting.restore import remove
from bot.storage.migrate import migrate
from bot.storage.store import Store, Tx


async def export_bundle(settings: Settings, file: Path, named: str | None) -> str:
    """Write a bundle of everything, or of one community; gives what to say of it."""
    may_make(file)
    partial = file.with_name(f"{file.name}.partial")
    now = kept_clock(settings.data_dir).real()
    try:
        async with snapshot(settings) as store, store.read() as tx:
            community_id, slug = await _meant(tx, named)
            partial.unlink(missing_ok=True)
            partial.touch(0o600)
            with ZipFile(partial, "w", ZIP_DEFLATED) as bundle:
                apart = await apart_from(tx, community_id)
                manifest = Manifest(now, slug, await origin_of(tx), apart)
                rows = await _written(tx, bundle, community_id, manifest)
        partial.rename(file)
    except OSError as fault:
        raise StorageFull(sentences.storage_full(fault.strerror or str(fault))) from None
    finally:
        partial.unlink(missing_ok=True)
    return said.bundle_written(str(file), rows["chat"], rows["message"], tuple(apart))


async def _written(tx: Tx, bundle: ZipFile, community_id: int | None, manifest: Manifest) -> dict[str, int]:
    members, hide = [], await tx.secret_hider(manifest.made_at)
    for table in carried_tables():
        member = Member(f"data/{table.name}.jsonl")
        with put(bundle, member.name) as out:
            async for lines in lines_of(tx, table, community_id, hide):
                member.add(lines)
                await asyncio.to_thread(out.write, b"".join(lines))
        members.append(member)
    with put(bundle, MANIFEST) as out:
        out.write(manifest.written(members))
    return {Path(one.name).stem: one.rows for one in members}


async def _meant(tx: Tx, named: str | None) -> tuple[int | None, str | None]:
    if named is None:
        return None, None
    every = await tx.communities()
    found = [one for one in every if named in (one.name, one.slug)]
    if len(found) != 1:
        raise Refused(sentences.which_community(named, [one.name for one in every]))
    return found[0].id, found[0].slug


async def import_bundle(settings: Settings, file: Path, addresses: Sequence[str] = ()) -> str:
    """Bring in a bundle, through the bot where it runs; gives what to say of it.

    `addresses` are other words in addresses of communities, as in staffroom, or of several staff=staffroom.
    """
    answer = await control.ask(settings.data_dir, "import", file=str(file), addresses=list(addresses))
    if answer is not None:
        return str(answer["text"])
    with closing(await asyncio.to_thread(opened, file)) as bundle, locked(settings.data_dir):
        url = database_url(written_url(settings), settings.data_dir)
        database, clock = Path(str(url.database)), kept_clock(settings.data_dir)
        fresh = not await asyncio.to_thread(database.exists)
        try:
            await asyncio.to_thread(migrate, url, clock.real())
            async with Store(url, erased=listed(settings).add) as store:
                brought = await _bring(store, bundle, listed(settings), clock.now(), addresses)
                await drawn(store)
        except Refused:
            if fresh:
                remove(database)
            raise
    return _told(brought)


async def brought_into(
    store: Store, erased: ErasureList, now: datetime, file: Path, addresses: Sequence[str] = ()
) -> str:
    """Bring a bundle into the database of a running bot; gives what to say of it."""
    with closing(await asyncio.to_thread(opened, file)) as bundle:
        return _told(await _bring(store, bundle, erased, now, addresses))


async def _bring(
    store: Store, bundle: Bundle, erased: ErasureList, now: datetime, addresses: Sequence[str]
) -> Brought:
    erasures = await asyncio.to_thread(erased.read)
    meant = {one.rpartition("=")[0]: one.rpartition("=")[2] for one in addresses}
    if len(meant) < len(addresses):
        raise Refused(said.ADDRESS_TWICE)
    async with store.begin() as tx:
        return await bring(tx, bundle, erasures, now, meant)


def _told(brought: Brought) -> str:
    return said.brought_in(
        brought.communities, brought.chats, brought.messages, brought.again, brought.renamed
    )
