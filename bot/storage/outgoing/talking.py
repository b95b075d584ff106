"""Rows of the outbox that no change of a chat asks for: words in a place, and for one person's eyes."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.actions import Action
from bot.core.model import Offer, Person, Place
from bot.core.reminding import Word
from bot.storage.outgoing.keeping import shown_moments, shown_offers
from bot.storage.places.hosts_room import HostsRooms


class Talking(HostsRooms):
    """What is asked of posts and whispers that stand for themselves."""

    async def whisper(  # noqa: PLR0913 - a row of the outbox has as many parts
        self,
        place: Place,
        person: str,
        text: str,
        offers: Sequence[Offer],
        key: str,
        now: datetime,
        *,
        subject: str = "",
        reply_to: str | None = None,
        language: str = "en",
    ) -> None:
        """Queue a word for one person's eyes, once per `key`; its `subject` outlasts its words.

        What they asked in `reply_to` was asked aloud: where a network has no whispers, so is the answer.
        """
        payload = {"text": text, "offers": shown_offers(offers), "person": person}
        payload |= {"reply_to": reply_to} if reply_to else {}
        payload |= {"language": language} if language != "en" else {}
        await self._put(place, Action.WHISPER, subject or key, key, payload, now)

    async def whisper_of(self, place: Place, person: Person, word: Word, chat_id: int, now: datetime) -> None:
        """Queue a word about a chat, with what leads to the post that it is about; once per person."""
        key = f"remind.{chat_id}.{person.id}.{word.key}"
        payload = {"text": word.text, "offers": [], "person": person.native_id} | shown_moments(word.moments)
        payload |= {"about_row": await self._row_of(chat_id, place.id, word.about)}
        await self._put(place, Action.WHISPER, key, key, payload, now, not_after=word.until)

    async def post(self, place: Place, text: str, offers: Sequence[Offer], key: str, now: datetime) -> None:
        """Queue a post that belongs to no chat, once per `key`."""
        await self._put(place, Action.POST, key, key, {"text": text, "offers": shown_offers(offers)}, now)
