"""What opened a door once stands in whispers only as long as it opens something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import Offer
from bot.storage.doors.secrets import SecretKind
from tests.support.web_house import WebHouse

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
ANA = "ana"


async def told(web: WebHouse, *codes: str) -> int:
    """Whisper codes to Ana, the last one to be pressed as well; gives the message's id."""
    text = "Type: series join " + " or ".join(codes)
    offers = (Offer("Accept", f"series join {codes[-1]} sure=yes"), Offer("Leave", "series leave"))
    async with web.store.begin() as tx:
        return await tx.room_post(web.place, "w", text, f"<p>{text}</p>", offers, NOW, only_for=ANA)


async def stands(web: WebHouse, message_id: int) -> tuple[str, str, list[str]]:
    async with web.store.read() as tx:
        found = await tx.room_message(message_id, viewer=ANA, host=False)
    assert found is not None
    return found.text, found.html, [one.line for one in found.offers]


async def test_a_code_that_was_used_is_shown_no_more_and_the_others_are(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        used, good = [await tx.give_secret(SecretKind.PLACE, 1, NOW) for _ in range(2)]
    whisper = await told(web, good, used)
    async with web.store.begin() as tx:
        before = await tx.room_last_event(web.place.id)
        assert await tx.use_secret(used, SecretKind.PLACE, NOW) is not None
        assert await tx.room_last_event(web.place.id) > before
    text = f"Type: series join {good} or …"
    assert await stands(web, whisper) == (text, f"<p>{text}</p>", ["series leave"])


@pytest.mark.parametrize("spent", ["expired", "revoked"])
async def test_a_code_that_opens_nothing_any_more_goes_when_the_house_is_kept(
    web: WebHouse, spent: str
) -> None:
    async with web.store.begin() as tx:
        old = await tx.give_secret(SecretKind.PLACE, 1, NOW)
        good = await tx.give_secret(SecretKind.PLACE, 1, NOW + timedelta(days=6))
    whisper, other = await told(web, old, good), "x" * 43
    async with web.store.begin() as tx:
        kept = await tx.room_post(web.place, "o", f"{other} is no secret", "", (), NOW, only_for=ANA)
        if spent == "revoked":
            await tx.revoke_secret(old, NOW)
        await tx.blot_spent(NOW + timedelta(days=0 if spent == "revoked" else 8))
    assert (await stands(web, whisper))[0] == f"Type: series join … or {good}"
    assert (await stands(web, kept))[0] == f"{other} is no secret"
