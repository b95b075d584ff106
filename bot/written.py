"""How what people write into settings is read: each function gives it tidied, or raises ValueError."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers

CATALOGUES: Final = Path(__file__).parent / "web" / "locale"
"""A folder for each language that pages speak beside English, as in de/messages.po."""


def zone_name(name: str) -> str:
    """An IANA zone that is known here."""
    if name not in available_timezones():
        raise ValueError(name)
    return name


def language_tag(said: str) -> str:
    """The tag (BCP 47) of a language that is known by it, by its name in English or by its own name."""
    wanted = said.strip()
    try:
        return str(Locale.parse(wanted.replace("_", "-"), sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        if (tag := _languages().get(wanted.casefold())) is None:
            raise ValueError(said) from None
        return tag


def translated(tag: str) -> str | None:
    """The tag of a language as we write it, if pages speak that language beside English; else None."""
    try:
        locale = Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    known = (CATALOGUES / locale.language / "messages.po").is_file()
    return str(locale).replace("_", "-") if known else None


@cache
def _languages() -> dict[str, str]:
    """The tags of languages by their own names, and by those in English."""
    tags = [tag for tag in locale_identifiers() if tag.isalpha()]
    english = Locale("en").languages
    own = {(Locale.parse(tag).language_name or tag).casefold(): tag for tag in tags}
    return own | {str(english[tag]).casefold(): tag for tag in tags if tag in english}


def numbers(written: str) -> str:
    """Numbers, apart by commas."""
    return ", ".join(str(int(one)) for one in written.split(",") if one.strip())


def socket_address(address: str) -> str:
    """Where a socket of the web is, without a slash at its end."""
    parts = urlsplit(address)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or parts.port == 0:
        raise ValueError(address)
    return address.rstrip("/")


def addresses(written: str) -> str:
    """Addresses of machines, apart by commas."""
    return ", ".join(str(ip_address(one.strip())) for one in written.split(",") if one.strip())


def web_address(address: str) -> str:
    """Where a server of the web is, without a slash at its end, a query or a password."""
    parts = urlsplit(address)
    if not _reachable(parts) or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(address)
    return address.rstrip("/")


def _reachable(parts: SplitResult) -> bool:
    # Reading `port` is what makes urlsplit refuse one that no server can have.
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
