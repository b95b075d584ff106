"""How things stand, as `edchat status` says it: each row a title and what stands beside it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.core.sentences.wellness import size

ALL_FINE: Final = "nothing"
NOT_RUNNING: Final = "The bot is not running; `edchat run` starts it."
RUNNING: Final = "The bot is running."
_LONG: Final = 120
"""Minutes; what lasts longer, as in a slow chat, is said in hours."""
_NO_COPY: Final = "none yet"
_NO_POSTS: Final = "nothing was sent yet"

Row = tuple[str, str]
"""A title and what stands beside it."""


def status(standing: Mapping[str, Any]) -> str:
    """How things stand, a line each."""
    rows = [f"{title}: {said}" for title, said in status_rows(standing)]
    return "\n".join([RUNNING if standing["running"] else NOT_RUNNING, _books(standing), *rows])


def status_rows(standing: Mapping[str, Any]) -> tuple[Row, ...]:
    """How things stand, row by row; what only a running bot knows is left out where none runs."""
    rows = [("Live", _open(one)) for one in standing["open"]]
    rows += [("Next", one) for one in standing["next"]]
    rows += [("To be sent", _waiting(standing))] * bool(standing["waiting_to_be_sent"])
    return (*rows, *(_of_a_running_bot(standing) if standing["running"] else ()))


def _of_a_running_bot(standing: Mapping[str, Any]) -> Iterator[Row]:
    for one in standing["networks"]:
        yield one["name"].capitalize(), _network(one)
    yield "Lateness", _lateness(standing["lateness"])
    yield "Last copy", standing["last_backup"] or _NO_COPY
    if standing["disk_free_mb"] is not None:
        yield "Disk", f"{size(standing['disk_free_mb'] * 2**20)} free"
    wrong: Sequence[str] = standing["unwell"] or [ALL_FINE]
    for sentence in wrong:
        yield "Wrong", sentence


def _books(standing: Mapping[str, Any]) -> str:
    return f"Weekly chats: {standing['series']}. Messages kept: {standing['messages']}."


def _open(one: Mapping[str, Any]) -> str:
    asked = f"question {one['asked']} of {one['questions']}" if one["asked"] else "no question yet"
    return f"{one['chat']}, {asked}, {_turn(one)}"


def _turn(one: Mapping[str, Any]) -> str:
    if one["paused"]:
        return "paused"
    left = one["minutes_left"]
    if left is None:
        return "about to end"
    return f"{left} min left" if left < _LONG else f"{round(left / 60)} h left"


def _waiting(standing: Mapping[str, Any]) -> str:
    count = standing["waiting_to_be_sent"]
    posts = "1 post waits" if count == 1 else f"{count} posts wait"
    return f"{posts}, the oldest for {standing['oldest_waiting_seconds']} s"


def _network(one: Mapping[str, Any]) -> str:
    said = f"{'connected' if one['connected'] else 'out of reach'} since {one['since']}"
    behind = "1 place" if one["gaps"] == 1 else f"{one['gaps']} places"
    said += f", {behind} not read up to now yet" if one["gaps"] else ""
    return one["refused"] or said


def _lateness(late: Mapping[str, Any]) -> str:
    if not late["posts"]:
        return _NO_POSTS
    of = "post" if late["posts"] == 1 else f"{late['posts']} posts"
    return f"of the last {of} half within {late['p50_ms']} ms, 99 % within {late['p99_ms']} ms"
