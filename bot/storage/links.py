"""Links that lead to a coming chat: into its room, to its page, into a calendar."""

from urllib.parse import quote

from sqlalchemy import BindParameter, Select, bindparam, exists, select

from bot.core.archive.chat_page import least_open
from bot.core.model import Chat, Community, Series, Visibility
from bot.core.state import Links
from bot.storage.chats.chats import Chats
from bot.storage.places.openness import OPENNESS, shut_away
from bot.storage.schema import tables as t


class Linked(Chats):
    """What is asked of links; there are none before the bot's pages have an address."""

    async def links(self, chat: Chat, series: Series) -> Links:
        """What leads to a chat: its page only where strangers may read it, or hold the link for it."""
        address = await self._installed("address")
        if not address or chat.rehearsal:
            return Links()
        join = await self._join_secret(chat, series)
        room = f"{address}/join/{join}" if join else ""
        readers = await self.page_readers(chat, series)
        page = await self._page(address, chat, series, readers)
        calendar = f"{page}event.ics" if readers is Visibility.PUBLIC and page else ""
        return Links(room, page, calendar)

    async def readers(self, chat: Chat, series: Series) -> Visibility:
        """Who will be able to read a chat, as its weekly chat and its own most open place stand now.

        What is said in a place that is less open is read by fewer, whatever the chat is.
        """
        ids = await self._own(chat, series)
        rows = await self._rows(select(OPENNESS.label("openness")).where(t.place.c.id.in_(ids)).distinct())
        most = max(
            (Visibility(row.openness) for row in rows), key=list(Visibility).index, default=series.visibility
        )
        return least_open(series.visibility, most)

    async def owners(self, chat: Chat, series: Series) -> str:
        """The name of a chat's community, where places of others hold it too."""
        if chat.rehearsal:
            return ""
        found: str | None = await self._value(_OWNERS, series=series.id, own=series.community_id)
        return found or ""

    async def _own(self, chat: Chat, series: Series) -> list[int]:
        return [p.id for p in await self.places(chat) if p.community_id == series.community_id]

    async def page_readers(self, chat: Chat, series: Series) -> Visibility:
        """Who may read a chat's page: not everybody where its channels are all shut."""
        shut = series.visibility is Visibility.PUBLIC and await self._value(
            select(shut_away()).where(t.chat.c.id == chat.id)
        )
        return Visibility.LINK if shut else series.visibility

    async def page_of(self, chat: Chat, series: Series) -> str:
        """The whole address of a chat's page; "" before the bot's pages have one."""
        address = await self.series_page(series)
        return f"{address}{quote(chat.slug)}/" if address and chat.slug else ""

    async def path_by_link(self, chat: Chat, series: Series) -> str:
        """The path by which whoever has it reads a chat; "" before its weekly chat has a reading link."""
        secret = await self._value(select(t.series.c.link_secret).where(t.series.c.id == series.id))
        if not secret:
            return ""
        return f"/l/{secret}/{quote(chat.slug)}" if chat.slug else f"/l/{secret}"

    async def series_page(self, series: Series) -> str:
        """The whole address of a weekly chat's page; "" before the bot's pages have one."""
        front = await self.front_page(await self.community(series.community_id)) if series.slug else ""
        return f"{front}{quote(series.slug)}/" if front else ""

    async def front_page(self, community: Community) -> str:
        """The whole address of a community's front page; "" before the bot's pages have one."""
        address = await self._installed("address")
        if not address:
            return ""
        prefixed = await self._installed("prefix") != "no"
        return f"{address}/{quote(community.slug)}/" if prefixed else f"{address}/"

    async def _page(self, address: str, chat: Chat, series: Series, readers: Visibility) -> str:
        if readers is Visibility.LINK:
            path = await self.path_by_link(chat, series)
            return f"{address}{path}" if path else ""
        return await self.page_of(chat, series) if readers is Visibility.PUBLIC else ""

    async def _join_secret(self, chat: Chat, series: Series) -> str | None:
        """The secret of the first room of this chat's own community that a link leads into."""
        ids = await self._own(chat, series)
        secret = t.place.c.join_secret
        query = select(secret).where(t.place.c.id.in_(ids), secret.is_not(None)).order_by(t.place.c.id)
        found: str | None = await self._value(query.limit(1))
        return found

    async def _installed(self, name: str) -> str | None:
        found: str | None = await self._value(_INSTALLED, name=name)
        return found


def _owners() -> Select[str]:
    """The name of a community that shares a weekly chat with places of others."""
    sp = t.series_place.c
    own: BindParameter[int] = bindparam("own")
    heard = sp.series_id == bindparam("series"), sp.accepted_at.is_not(None), sp.muted.is_(False)
    guest = t.place.c.id == sp.place_id, t.place.c.community_id != own, t.place.c.left_at.is_(None)
    return select(t.community.c.name).where(t.community.c.id == own, exists().where(*heard, *guest))


_OWNERS = _owners()
_INSTALLED = select(t.installation.c.value).where(t.installation.c.name == bindparam("name"))
