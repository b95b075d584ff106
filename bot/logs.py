"""The log: to standard error, for people or as JSON, and never a token or the text of a message."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED: Final = "[left out]"
"""Stands where something was that a log must not hold."""

_SECRET_KEYS: Final = re.compile(
    r"(?:^|_)(?:tokens?|secrets?|passwords?|authorization|cookies?|database_url"
    r"|texts?|body|content|raw|payload|lines?|title|message|words|html)$",
    re.IGNORECASE,
)
_SECRET_SHAPES: Final = (
    (re.compile(r"://[^\s/@]*:[^\s]*@"), f"://{REDACTED}@"),  # a database's or server's password
    (re.compile(r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), REDACTED),  # a Discord bot's token
    (re.compile(r"\b(?:syt|mct|mat)_\w+"), REDACTED),  # a Matrix access token
    (re.compile(r"\b(Bearer|Bot) [\w.~+/=-]{16,}"), rf"\1 {REDACTED}"),
)

_QUIET: Final = (
    *("aiosqlite", "alembic", "apscheduler", "asyncio", "discord", "markdown_it", "sqlalchemy", "tzlocal"),
)
"""Libraries heard from only when something is wrong: below that some log rows, and so people's words."""


class _Handler(logging.StreamHandler[TextIO]):
    """Writes the log; what cannot be written, as on a full disk, is not shown raw instead."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's own name
        """Let it go: the library would print the whole record, with all that is left out of the log."""


def set_up(level: str = "info", *, as_json: bool = False, stream: TextIO | None = None) -> None:
    """Send all that this process logs, from `level` up, to one stream (standard error)."""
    handler = _Handler(sys.stderr if stream is None else stream)
    handler.setFormatter(_formatter(as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for library in _QUIET:
        logging.getLogger(library).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(as_json: bool) -> logging.Formatter:
    as_lines = structlog.dev.ConsoleRenderer(colors=False)
    last: Processor = structlog.processors.JSONRenderer() if as_json else as_lines
    tidy: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, trace, redact, last]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[*_shared(), first_line], processors=tidy)


def first_line(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Keep a library's first line: asyncio adds the failed task with the words it was handling."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def trace(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Turn an exception into where and what it was, without its message, which often quotes the input."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["trace"] = _places(error.__traceback__) + _kind(error)
    return event


def _places(start: TracebackType | None) -> str:
    return "".join(traceback.format_tb(start))


def _kind(error: BaseException) -> str:
    # An operating system's reason ("No space left on device") is its own words, never a person's.
    reason = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__module__}.{type(error).__qualname__}{reason}"


def redact(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Leave out what stands under a telling name, and whatever has the shape of a secret."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if key != "event" and _SECRET_KEYS.search(key):
        return REDACTED
    if isinstance(value, Mapping):
        return {str(inner): _clean(str(inner), what) for inner, what in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item) for item in value]
    return value if isinstance(value, int | float | None) else _shapeless(str(value))


def _shapeless(text: str) -> str:
    for shape, instead in _SECRET_SHAPES:
        text = shape.sub(instead, text)
    return text
