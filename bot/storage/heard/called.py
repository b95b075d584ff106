"""What hosts see people called: their own house's by the platform's name, guests as they asked at home."""

from sqlalchemy import ColumnElement, and_, case

from bot.storage.schema import tables as t
from bot.storage.shown_names import shown_name


def called(hosts_of: ColumnElement[int] | int) -> ColumnElement[str | None]:
    """What a community's hosts see the writer of words called; nothing for who wants no name there.

    For a query over `message` joined to `person` and `place`, and outer joined to its writer's
    `consent` in the place's community.
    """
    guest = t.place.c.community_id != hosts_of
    return case(
        (t.message.c.anonymous, None),
        (and_(guest, t.consent.c.excluded_at.is_not(None)), None),
        (guest, shown_name()),
        else_=t.person.c.name,
    )
