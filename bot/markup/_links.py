"""Addresses that people write: which may be links, what they really lead to, how they are shown."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from bot.markup._cleaning import keeps

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_IPV6 = re.compile(r"[0-9a-f:.]{2,45}")
_MAILBOX = re.compile(r"[^@\s,;:?&<>()\[\]\"]{1,64}@([^@\s,;:/?&<>()\[\]\"]{1,253})")
_DOTS = str.maketrans("。．｡", "...")
_KEPT = "/%:@!$&'()*+,;=~-._?#[]"
_NAMED = re.compile(r"(?:https?://)?([^/?#\s]+)(?:[/?#]\S*)?", re.IGNORECASE)
_LATIN_ENDS = "\u024f"


@dataclass(frozen=True, slots=True)
class Address:
    """A safe address: what a link leads to, how it is written out, and its host as the network knows it."""

    href: str
    shown: str
    host: str

    def differs(self, label: str) -> bool:
        """Whether a link's words say anything else than where it leads."""
        named = _NAMED.fullmatch(label.strip())
        return named is None or _bare(named[1]) not in {_bare(self.host), _bare(urlsplit(self.href).netloc)}


def address(url: str) -> Address | None:
    """The address, without credentials; nothing unless it is http, https or mailto and well made."""
    try:
        parts = urlsplit(url)
        if _UNSAFE.search(url):
            return None
        found = _READ[parts.scheme](parts) if parts.scheme in _READ else None
    except ValueError:
        return None
    return found if found and keeps(found.href) else None


def _page(parts: SplitResult) -> Address | None:
    typed = unicodedata.normalize("NFKC", parts.hostname or "").translate(_DOTS).lower()
    host, port = _ascii(typed), f":{parts.port}" if parts.port is not None else ""
    if host is None:
        return None
    rest = parts._replace(scheme="", netloc="").geturl()
    trusted = typed if host == typed or _one_script(typed) else host
    start = f"{parts.scheme}://"
    return Address(f"{start}{host}{port}{quote(rest, safe=_KEPT)}", f"{start}{trusted}{port}{rest}", host)


def _mailbox(parts: SplitResult) -> Address | None:
    box = _MAILBOX.fullmatch(parts.path)
    host = _ascii(box[1].lower()) if box else None
    if box is None or host is None:
        return None
    mailbox = f"{parts.path.rpartition('@')[0]}@{host}"
    return Address(f"mailto:{quote(mailbox, safe=_KEPT)}", mailbox, mailbox)


_READ: Mapping[str, Callable[[SplitResult], Address | None]] = {
    "http": _page,
    "https": _page,
    "mailto": _mailbox,
}


def _ascii(host: str) -> str | None:
    """The host as the network knows it; nothing where it cannot be one."""
    if ":" in host:
        return f"[{host}]" if _IPV6.fullmatch(host) else None
    name = ".".join(map(_ascii_label, host.split(".")))
    return name if _HOST.fullmatch(name) else None


def _ascii_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


def _one_script(host: str) -> bool:
    """Whether all letters are of one alphabet, its everyday part where it is Latin."""
    letters = [letter for letter in host if letter.isalpha()]
    scripts = {unicodedata.name(letter, "?").split()[0].removesuffix("-") for letter in letters}
    return len(scripts) == 1 and ("LATIN" not in scripts or max(letters) <= _LATIN_ENDS)


def _bare(host: str) -> str:
    return host.casefold().removeprefix("mailto:").removeprefix("www.").rstrip(".")
