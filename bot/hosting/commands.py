"""What the person who hosts the bot asks for: by socket from a running bot, else in this process."""

import asyncio
import gc
import shlex
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from bot import control
from bot.app import App, kept_clock, listed, opened, written_url
from bot.clock import SystemClock
from bot.commands import help  # noqa: A004 - the room that knows how commands are written
from bot.core import sentences
from bot.core.grammar import command_text
from bot.core.model import Place, Refused
from bot.exporting.bundle import brought_into
from bot.hosting import whereto
from bot.hosting.reaching import first_host_link, link_for, with_alarm, with_copies, with_pages
from bot.hosting.standing import standing
from bot.platforms.terminal import Posted, Room, Terminal, prompt
from bot.settings import Rooms, Settings
from bot.storage.archive.addresses import BROWSER
from bot.storage.engine import database_url, locked
from bot.storage.migrate import migrate
from bot.storage.store import Store
from cogs import every_cog

log = structlog.get_logger()

PATIENCE = 7.0
"""Seconds that an ending bot has to come to rest; a container is killed after ten."""
LAST_WORDS = 1.5
"""Seconds in which an ending bot may still send what is queued; the rest waits for the next start."""
_MOST = 10_000
"""Events of a room that one look goes through."""


async def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    async with opened(settings) as app, control.served(settings.data_dir, requests(app, settings)):
        site = await with_pages(app, settings)
        log.info("running", data=str(settings.data_dir), rooms=sorted(app.platforms), pages=site.base_url)
        with_copies(app, settings)
        with_alarm(app, settings)
        await until_stopped(_welcoming(app, site.base_url), app.idle)
    log.info("stopped")


async def _welcoming(app: App, address: str) -> None:
    """Say where to come in, and run."""
    link = await first_host_link(app)
    print(sentences.first_link(link) if link else sentences.pages_at(address), flush=True)
    await app.run()


async def until_stopped(work: Any, at_rest: Callable[[], Awaitable[bool]] | None = None) -> None:
    """Let work go on until the process is told to stop, and for a moment until it is at rest; then end it."""
    # What is loaded by now stays to the end: looking through it for waste again and again holds up the loop.
    gc.collect()
    gc.freeze()
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        await working
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            while at_rest and not await at_rest():  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.02)
    working.cancel()
    await asyncio.wait({working}, timeout=PATIENCE)


async def chat(settings: Settings, named: str | None) -> None:
    """A prompt in a room; the bot runs here too, unless it runs on this data folder already."""
    async with AsyncExitStack() as stack:
        if await control.ask(settings.data_dir, "status") is None:
            settings = settings.model_copy(update={"rooms": Rooms.TERMINAL})  # if the folder is new
            app = await stack.enter_async_context(opened(settings))
            await stack.enter_async_context(control.served(settings.data_dir, requests(app, settings)))
            await stack.enter_async_context(_running(app))
        where = await control.ask(settings.data_dir, "place", place=named) or {}
        if where["platform"] != "terminal":
            raise Refused(sentences.ROOMS_IN_BROWSER)
        clock = kept_clock(settings.data_dir)
        room = Terminal(settings.data_dir / "rooms", clock).room(where["native_id"])

        async def settled() -> bool:
            return await control.ask(settings.data_dir, "settle", place=where["native_id"]) is not None

        await prompt(room, clock, settled, takes_lines=takes_lines, completed=completed)


async def say(settings: Settings, text: str, named: str | None) -> None:
    """Carry out a command as the owner and print its reply."""
    answer = await control.ask(settings.data_dir, "say", text=text, place=named)
    if answer is None:
        async with opened(settings) as app:
            answer = await requests(app, settings)["say"]({"text": text, "place": named})
    print(answer["text"])
    where = f" --place {_quoted(answer['place'])}" if answer["place"] else ""
    for label, line in answer["offers"]:
        print(f"  [{label}] edchat say {_quoted(line)}{where}")


def _quoted(words: str) -> str:
    """Words as a shell takes them as one."""
    return shlex.quote(words) if set(words) & set('"$`\\!') else f'"{words}"'


def takes_lines(text: str) -> bool:
    """Whether a typed command takes lines below it."""
    below = [
        one.path for cog in every_cog() for one in cog.commands() if any(p.kind.below for p in one.params)
    ]
    return any(" ".join(text.split()).casefold().startswith(path) for path in below)


def completed(line: str) -> str:
    """A form's line with what it still asks for."""
    return help.completed(line, (one for cog in every_cog() for one in cog.commands()))


def _database(settings: Settings) -> Path:
    return Path(str(database_url(written_url(settings), settings.data_dir).database))


async def backup(settings: Settings, file: Path) -> None:
    """Copy the database to a new file."""
    if await control.ask(settings.data_dir, "backup", file=str(file)) is None:
        if not _database(settings).exists():
            raise Refused(sentences.NOTHING_HERE)
        async with Store(database_url(written_url(settings), settings.data_dir)) as store:
            await store.backup(file)
    print(sentences.backed_up(str(file)))


async def migrate_only(settings: Settings) -> None:
    """Bring the schema up to date."""
    with locked(settings.data_dir):
        url = database_url(written_url(settings), settings.data_dir)
        had = await asyncio.to_thread(migrate, url, SystemClock().now())
    print(sentences.migrated(had))


async def _said(app: App, owner: str, request: control.Request) -> dict[str, Any]:
    typed = command_text(request["text"])
    text = request["text"] if typed is None else typed
    reply, place = await whereto.said(app, owner, text, request["place"])
    if reply.refused:
        raise Refused(reply.text)
    lines = [(offer.label, completed(offer.line) if offer.form else offer.line) for offer in reply.offers]
    return {"text": reply.text, "offers": lines, "place": place}


def requests(app: App, settings: Settings) -> dict[str, control.Handler]:
    """What a running bot answers on its socket."""
    return {
        "say": partial(_said, app, settings.owner),
        "place": partial(_place, app),
        "settle": partial(_settle, app),
        "backup": partial(_backup, app),
        "status": partial(_standing, app),
        "link": partial(_link, app),
        "import": partial(_bring_in, app, settings),
    }


async def _place(app: App, request: control.Request) -> dict[str, Any]:
    found = await app.place(request["place"])
    return {name: getattr(found, name) for name in ("id", "native_id", "name", "platform")}


async def _settle(app: App, request: control.Request) -> dict[str, Any]:
    await settled(app, await app.place(request["place"]))
    return {}


async def _backup(app: App, request: control.Request) -> dict[str, Any]:
    await app.store.backup(Path(request["file"]))
    return {}


async def _standing(app: App, request: control.Request) -> dict[str, Any]:
    return await standing(app)


async def _link(app: App, request: control.Request) -> dict[str, Any]:
    return {"link": await link_for(app, request["community"])}


async def _bring_in(app: App, settings: Settings, request: control.Request) -> dict[str, Any]:
    file, addresses = Path(request["file"]), request.get("addresses", ())
    return {"text": await brought_into(app.store, listed(settings), app.clock.now(), file, addresses)}


async def settled(app: App, place: Place, patience: float = 10.0) -> None:
    """Wait until all that was said in a room is heard and answered, and all that is queued is sent."""
    terminal = app.platforms.get("terminal") if place.platform == "terminal" else None
    room = terminal.room(place.native_id) if isinstance(terminal, Terminal) else None
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while not (await _heard(app, place, room) and await app.idle()):  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.02)


async def _heard(app: App, place: Place, room: Room | None) -> bool:
    position = await app.inbox.cursor(place)
    if room is not None:
        return all(isinstance(event, Posted) for event in room.read(position).events)
    if place.platform != BROWSER:
        return True
    async with app.store.read() as tx:  # what the bot posts is never heard, so it moves no cursor
        return not (await tx.room_happenings(place, int(position or 0), _MOST)).heard


@asynccontextmanager
async def _running(app: App) -> AsyncIterator[None]:
    task = asyncio.create_task(app.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE)
