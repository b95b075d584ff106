"""Links that lead to a coming chat: into its room, to its page, into a calendar."""

from urllib.parse import quote

from sqlalchemy import select

from bot.core.archive.chat_page import least_open
from bot.core.model import Chat, Series, Visibility
from bot.core.state import Links
from bot.storage import tables as t
from bot.storage.chats import Chats
from bot.storage.openness import OPENNESS


class Linked(Chats):
    """What is asked of links; there are none before the bot's pages have an address."""

    async def links(self, chat: Chat, series: Series) -> Links:
        """What leads to a chat: its page only where strangers may read it, or hold the link for it."""
        address = await self._installed("address")
        if not address or chat.rehearsal:
            return Links()
        join = await self._join_secret(chat)
        room = f"{address}/join/{join}" if join else ""
        page = await self._page(address, chat, series)
        calendar = f"{page}event.ics" if series.visibility is Visibility.PUBLIC and page else ""
        return Links(room, page, calendar)

    async def readers(self, chat: Chat, series: Series) -> Visibility:
        """Who will be able to read a chat, as its weekly chat and its places stand now."""
        ids = [place.id for place in await self.places(chat)]
        rows = await self._rows(select(OPENNESS.label("openness")).where(t.place.c.id.in_(ids)).distinct())
        return least_open(series.visibility, *(Visibility(row.openness) for row in rows))

    async def page_of(self, chat: Chat, series: Series) -> str:
        """The whole address of a chat's page; "" before the bot's pages have one."""
        address = await self.series_page(series)
        return f"{address}{quote(chat.slug)}/" if address and chat.slug else ""

    async def series_page(self, series: Series) -> str:
        """The whole address of a weekly chat's page; "" before the bot's pages have one."""
        address = await self._installed("address")
        if not address or not series.slug:
            return ""
        community = await self.community(series.community_id)
        prefixed = await self._installed("prefix") != "no"
        return f"{address}/{'/'.join(map(quote, [*[community.slug] * prefixed, series.slug]))}/"

    async def _page(self, address: str, chat: Chat, series: Series) -> str:
        if series.visibility is Visibility.LINK:
            secret = await self._value(select(t.series.c.link_secret).where(t.series.c.id == series.id))
            return f"{address}/l/{secret}" if secret else ""
        return await self.page_of(chat, series) if series.visibility is Visibility.PUBLIC else ""

    async def _join_secret(self, chat: Chat) -> str | None:
        """The secret of the first room of this chat that a link leads into."""
        ids = [place.id for place in await self.places(chat)]
        secret = t.place.c.join_secret
        query = select(secret).where(t.place.c.id.in_(ids), secret.is_not(None)).order_by(t.place.c.id)
        found: str | None = await self._value(query.limit(1))
        return found

    async def _installed(self, name: str) -> str | None:
        query = select(t.installation.c.value).where(t.installation.c.name == name)
        found: str | None = await self._value(query)
        return found
