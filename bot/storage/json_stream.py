"""Writes one JSON document piece by piece, so that it never has to fit into memory."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from bot.core.plain import storable

Write = Callable[[str], object]
"""Takes the next piece of text."""
Hide = Callable[[str], str]
"""Takes out of words what nobody is to read."""


class JsonStream:
    """An open JSON document; lists and objects are opened and closed around what they hold."""

    def __init__(self, write: Write, hide: Hide = str) -> None:
        self._write, self._hide = write, hide
        self._first = True

    @contextmanager
    def object_with(self, values: Mapping[str, object]) -> Iterator[None]:
        """An object that begins with these values."""
        self._lead(None)
        self._write("{")
        self._first = True
        for name, value in values.items():
            self.value(value, name)
        yield
        self._close("}")

    @contextmanager
    def list_of(self, key: str) -> Iterator[None]:
        """A list inside an object."""
        self._lead(key)
        self._write("[")
        self._first = True
        yield
        self._close("]")

    def value(self, value: object, key: str | None = None) -> None:
        """One whole value."""
        self._lead(key)
        self._write(_text(self._shown(value)))

    def _shown(self, value: object) -> object:
        if isinstance(value, str):
            return self._hide(value)
        if isinstance(value, Mapping):
            return {name: self._shown(one) for name, one in value.items()}
        return [self._shown(one) for one in value] if isinstance(value, list | tuple) else value

    def _lead(self, key: str | None) -> None:
        self._write("" if self._first else ",\n")
        self._first = False
        if key is not None:
            self._write(f"{_text(key)}: ")

    def _close(self, bracket: str) -> None:
        self._write(bracket)
        self._first = False


def _text(value: object) -> str:
    """A value as JSON that is valid UTF-8 whatever was said: half characters become U+FFFD."""
    written = json.dumps(value, ensure_ascii=False, default=_plain)
    return storable(written, len(written))


def _plain(value: object) -> str:
    """An instant or a wall-clock time as ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
