"""A chat with more answers than one page shows, as files: each is searched, and a link to it leads on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from bot.core.archive.parts import MOST
from bot.exporting.site import export_site
from tests.exporting.houses import files_in, folder_of, settings_of, told_by
from tests.support.archive_pages import archive_pages

STANDS: Final = re.compile(r'<div class="a" id="a-([\w-]+)"')


async def test_every_answer_of_a_long_chat_is_searched_and_has_its_link_in_a_copy(tmp_path: Path) -> None:
    async with archive_pages(tmp_path / "data", answers=MOST + 40) as pages:
        settings = settings_of(folder_of(pages.web.store))
        await export_site(settings, tmp_path / "copy", None, "https://chat.example.org")
        chat = pages.at(await pages.page(pages.archive.held)).strip("/")
        top = pages.at("").strip("/")
    files = files_in(tmp_path / "copy")
    first, later = (STANDS.findall(files[f"{chat}/{part}index.html"].decode()) for part in ("", "page-2/"))
    assert (len(set(first) - set(later)) >= MOST, len(set(later) - set(first)) > 1) == (True, True)
    for part, ids in (("", first), ("page-2/", later)):
        for one in ids:
            leads = files[f"{top}/a/{one}/index.html"].decode()
            assert f"/{chat.partition('/')[2]}/{part}index.html#a-{one}" in leads, one
    index = b"".join(told_by(name, body) for name, body in files.items() if ".pf_fragment" in name)
    assert all(f'"a-{one}"'.encode() in index for one in later)
