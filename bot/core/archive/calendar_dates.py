"""Which dates of a rule a calendar must leave out so that it shows the chats and nothing else."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import takewhile

from bot.core.times.occurrences import Recurrence, instant, walk

_EARLIER = timedelta(days=2)


def left_out(rule: Recurrence, held: Collection[datetime], last: datetime) -> tuple[datetime, ...]:
    """The wall clocks of a rule's dates that are no chat, as far as chats are made; then its days of rest.

    `held` are the wall clocks of its chats, `last` the latest date of which a chat was ever made.
    """
    start = instant(rule.dtstart_local, rule.zone) - _EARLIER
    made = takewhile(lambda one: one.local <= last, walk(rule, start))
    never = {one.local for one in made if one.local not in held}
    rest = {datetime.combine(day, rule.dtstart_local.time()) for day in rule.exdates}
    return tuple(sorted(never | rest - set(held)))
