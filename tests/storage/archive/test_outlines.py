"""The order of a page, read without its words, is that of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.archive.outline import outline_of
from bot.core.archive.parts import part_of
from bot.core.audience import Audience, Reads
from bot.storage.engine import database_url
from bot.storage.store import Store
from tests.support.archive_seed import Archive, sow
from tests.support.copied import copied

_LEFT_OUT = (
    "INSERT INTO consent (person_id, community_id, excluded_at, changed_at)"
    " SELECT 3, 1, ends_at, ends_at FROM chat WHERE id = :chat"
)
_LAST = "SELECT max(id) FROM question WHERE chat_id = :chat"
_CHANGES = (
    "UPDATE message SET hidden_at = said_at WHERE kind = 'answer' AND id % 7 = 0",
    "UPDATE message SET deleted_at = said_at, body_html = NULL WHERE kind = 'answer' AND id % 11 = 0",
    "UPDATE message SET picked_at = said_at WHERE kind = 'answer' AND id % 13 = 0",
    f"UPDATE filing SET question_id = ({_LAST}) WHERE message_id % 9 = 0",
    _LEFT_OUT,
)


@pytest.mark.slow
@pytest.mark.parametrize("reads", [Reads.PUBLIC, Reads.HOSTS])
async def test_where_words_stand_is_known_without_reading_them(tmp_path: Path, reads: Reads) -> None:
    async def sown(store: Store) -> Archive:
        return await sow(store, answers=1_400)

    archive = await copied(tmp_path, ("a huge chat", 1_400), sown)
    async with Store(database_url("", tmp_path)) as store:
        audience = Audience(1, reads)
        async with store.begin() as tx:
            for change in _CHANGES:
                given = {"chat": archive.held} if ":chat" in change else {}
                await tx.connection.execute(text(change), given)
        page = store.chat_page(archive.held, audience)
        assert page is not None
        bare = store.chat_order(page, page.community, audience)
        assert {one.html for one in bare.words} == {""}
        part, outline = part_of(page), outline_of(bare)
        assert part is not None
        assert part.of > 1
        assert any(one.orphan for one in page.words)
        assert outline == outline_of(page)
        assert {one: outline.to_answer(one) for one in part.answers} == {
            one: part.to_answer(one) for one in part.answers
        }
