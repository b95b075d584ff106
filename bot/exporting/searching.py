"""The search of an exported archive: pagefind's index of its chats, in files that also work from a disk.

Pagefind's script fetches its files, which browsers refuse on a page that was opened from a disk. So each
file is written as a script that hands its bytes over, and pagefind is given a `fetch` that loads those.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pagefind.service import get_executable

from bot.core.archive.folding import ALIKE, UNSPACED, plain_letters, signs_apart, signs_back, signs_named
from bot.core.model import Refused
from bot.core.sentences import exporting as sentences
from bot.exporting.folder import Folder

FOLDER: Final = "pagefind"
FOUND: Final = (
    'data-pagefind-body data-pagefind-filter="chat[data-chat]"'
    ' data-pagefind-meta="series[data-series],when[data-when]"'
)
"""Marks the part of a page that may be found, and what is told of it; pages without it are not."""
_SCRIPT: Final = "pagefind.js"
_FRAGMENTS: Final = "*.pf_fragment"
"""What is shown of each page that is found, packed; in it stands first:"""
_HEAD: Final = b"pagefind_dcd"
_KNOWN_IN_GERMAN: Final = frozenset("ßẞ")
"""Letters that pagefind itself takes for what they count as, where it is told that words are German."""
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_BORDER: Final = "\u200b"
"""Stands between the words that are shown of a page, where spaces do not tell them apart."""
_HELD: Final = (".pf_fragment", ".pf_index", ".pf_meta", ".pf_filter", ".pagefind", ".json")
_BESIDE: Final = (
    "nav,figure,form,summary,.t,.facts,.under,.crumb,.vh,.pn,.by span,.blurb,.live,.sub,.when,.acts,.note"
    ",.qh p,.mods,.next>h2,.next>p,.spoiler"
)
"""What stands on a chat's page beside what was said, and what is under a veil there."""
_EXPORTS: Final = re.compile(r"export\{([\w,$ ]+)\};?\s*$")


async def make_search(made: Folder, top: str, language: str) -> None:
    """Let a community's chats be found, whose pages lie in the folder `top` of an export."""
    with TemporaryDirectory(dir=made.top) as work:  # a container may write nowhere else
        for name, body in _as_scripts(await _indexed(made.top / top, Path(work), language)):
            made.write(f"{top}{FOLDER}/{name}", body)


async def _indexed(pages: Path, work: Path, language: str) -> Path:
    """Pagefind's files, with letters that count as the same written in one way, and signs as words."""
    await _run_pagefind(pages, work / "written", language)
    if not _written_plainly(pages, work / "pages", language):
        return work / "written"
    await _run_pagefind(work / "pages", work / "plain", language)
    _show_as_written(work / "plain", work / "written")
    return work / "plain"


def _written_plainly(pages: Path, into: Path, language: str) -> bool:
    """Write what may be found once more for the index; says whether there was anything to change."""
    apart = frozenset(ALIKE) - (_KNOWN_IN_GERMAN if language.startswith("de") else frozenset())
    found = [page for page in pages.rglob("*.html") if FOUND in page.read_text("utf-8")]
    if not any(_differs(page.read_text("utf-8"), apart) for page in found):
        return False
    for page in found:
        copy = into / page.relative_to(pages)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(signs_named(plain_letters(page.read_text("utf-8"))), "utf-8")
    return True


def _differs(text: str, apart: frozenset[str]) -> bool:
    return not apart.isdisjoint(text) or _UNSPACED.search(text) is not None


def _show_as_written(plain: Path, written: Path) -> None:
    """Put what people wrote in the place of what was written for the index."""
    own = {_fragment(file)["url"]: file for file in written.rglob(_FRAGMENTS)}
    for file in plain.rglob(_FRAGMENTS):
        shown = _fragment(file)
        if theirs := own.get(shown["url"]):
            told = json.dumps(_shown(_fragment(theirs), shown), ensure_ascii=False).encode()
            file.write_bytes(gzip.compress(_HEAD + told, mtime=0))


def _shown(theirs: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    """What people wrote, with the places of the words that the index knows."""
    words = signs_apart(theirs["content"])
    if len(words) != len(plain["content"].split()):
        # What is found is marked by its place among the words: then these are shown.
        return {**theirs, "content": signs_back(plain["content"]), "anchors": plain["anchors"]}
    if not _UNSPACED.search(theirs["content"]):
        return theirs
    places = {one["id"]: one["location"] for one in plain["anchors"]}
    anchors = [{**one, "location": places.get(one["id"], one["location"])} for one in theirs["anchors"]]
    return {**theirs, "content": _BORDER.join(words), "anchors": anchors}


def _fragment(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()).removeprefix(_HEAD))
    return told


async def _run_pagefind(pages: Path, into: Path, language: str) -> None:
    if (binary := get_executable()) is None:
        raise Refused(sentences.NO_SITE_SEARCH.format(reason="pagefind is not installed"))
    words = ["--site", str(pages), "--output-path", str(into), "--root-selector", "main", "--keep-index-url"]
    words += ["--exclude-selectors", _BESIDE, "--force-language", language.partition("-")[0], "--quiet"]
    running = await asyncio.create_subprocess_exec(
        str(binary), *words, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, cwd=into.parent
    )
    try:
        _, said = await running.communicate()
    except asyncio.CancelledError:
        running.kill()
        raise
    if running.returncode:
        reason = said.decode(errors="replace").strip().splitlines()
        raise Refused(sentences.NO_SITE_SEARCH.format(reason=reason[-1] if reason else "pagefind failed"))


def _as_scripts(folder: Path) -> Iterator[tuple[str, bytes]]:
    yield _SCRIPT, _as_plain_script((folder / _SCRIPT).read_text("utf-8")).encode()
    for file in sorted(folder.rglob("*")):
        if file.suffix in _HELD:
            name = file.relative_to(folder).as_posix()
            words = base64.b64encode(file.read_bytes()).decode()
            yield f"{name}.js", f"copyHolds({json.dumps(name)},{json.dumps(words)});\n".encode()


def _as_plain_script(module: str) -> str:
    """Pagefind's module as a script that a page from a disk may load, with our own `fetch` for its files."""
    body, changed = _EXPORTS.subn(
        r"globalThis.pagefind={\1};", module.replace("import.meta.url", "undefined")
    )
    if changed != 1:
        raise Refused(sentences.NO_SITE_SEARCH.format(reason="this version of pagefind is not known here"))
    return f"((fetch)=>{{{body}}})(globalThis.copyFetch);\n"
