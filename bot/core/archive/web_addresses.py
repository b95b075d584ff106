"""Web addresses that people share: which lead anywhere for readers, and which are the same.

Which are the same is kept for good, as a mark; so no library decides it, whose next version would differ.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit

_KEPT: Final = "/%:@!$&'()*+,;=~-._?#[]"
_KNOWN: Final = 2_048
"""Addresses that are not looked into again: a page is made anew with each answer to it."""
_PORTS: Final = {"http": 80, "https": 443}
_DOTS: Final = str.maketrans("。．｡", "...")
_ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]")
_NAME: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")
_NUMBER: Final = re.compile(r"0x[0-9a-f]{0,16}|[0-9]{1,22}")
_NEARBY: Final = ("localhost", "local", "internal", "lan", "home.arpa", "test", "invalid")
"""Ends of names that mean something else in each reader's own network, or nothing at all."""
_TRACKING: Final = re.compile(
    r"(?:utm_|hsa_|pk_|mtm_|matomo_|piwik_|vero_|oly_|gad_|_hs)[a-z0-9_]*|mc_cid|mc_eid"
    r"|(?:fb|g|d|y|tw|tt|wb)clid|msclkid|gclsrc|[gw]braid|igsh|igshid|li_fat_id|mkt_tok|_ga|_gl|srsltid"
    r"|s_cid|cmpid|ref_src|ref_url"
)
_PASSED_ON: Final = {
    "youtube.com": ("si", "feature", "pp"),
    "youtu.be": ("si", "feature"),
    "spotify.com": ("si",),
    "x.com": ("s", "t"),
    "twitter.com": ("s", "t"),
    "tiktok.com": ("_t", "_r"),
}
"""What some sites add to an address to learn who passed it on."""


def _however(word: str) -> str:
    """A pattern for a word in an address, whichever of its letters are escaped."""
    return "".join(f"(?:{one}|%(?:{ord(one):x}|{ord(one.upper()):x}))" for one in word)


_DOT: Final = "(?:[.。．｡]|%2e)"
_COM: Final = rf"{_DOT}{_however('com')}{_DOT}?(?:(?::|%3a)[0-9]{{0,5}})?"
_SLASH: Final = r"(?:[/\\]|%2f|%5c){1,9}"
_PIECE: Final = rf"[\w-]{{1,40}}{_SLASH}"
_DISCORD: Final = (
    rf"{_however('discord')}(?:{_however('app')})?{_COM}{_SLASH}{_however('api')}{_SLASH}"
    rf"(?:v[0-9]{{1,3}}{_SLASH})?{_however('webhooks')}{_SLASH}"
)
_SLACK: Final = rf"{_however('hooks')}{_DOT}{_however('slack')}{_COM}{_SLASH}"
_NO_OTHER: Final = r"(?:(?<![\w-])|(?<=%[0-9a-f]{2}))"
"""Where a host's name may begin: after an escape, too, as one address stands in another."""
_WEBHOOKS: Final = re.compile(rf"{_NO_OTHER}(?:{_DISCORD}|{_SLACK})", re.IGNORECASE)
_KEY: Final = re.compile(
    rf"({_NO_OTHER}(?:{_DISCORD}(?:[0-9]|%3[0-9]){{1,25}}{_SLASH}"
    rf"|{_SLACK}(?:(?:services|triggers){_SLASH}(?:{_PIECE}){{2}}|workflows{_SLASH}(?:{_PIECE}){{3}})))"
    r"(?:[\w%-]|\\(?=[\w-]))+",
    re.IGNORECASE,
)
HIDDEN: Final = "[secret]"
"""Stands in an address where a key was."""


@lru_cache(_KNOWN)
def cleaned(url: str) -> str:
    """A web address without what only tells its readers apart; nothing where it is none."""
    try:
        parts = urlsplit(url.strip())
        host, port = _host(parts), parts.port
        if parts.scheme not in _PORTS or not host:
            return ""
        at = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
        query = "&".join(one for one in parts.query.split("&") if not _follows(one, host))
        whole = parts._replace(
            netloc=at, path=parts.path or "/", query=query, fragment=_within(parts.fragment)
        )
        return _ESCAPED.sub(_evenly, quote(whole.geturl(), safe=_KEPT))
    except ValueError:
        return ""


@lru_cache(_KNOWN)
def mark(url: str) -> str:
    """What the same addresses have in common, whatever follows them; nothing where it is none."""
    clean = cleaned(url)
    if not clean:
        return ""
    parts = urlsplit(clean)
    route = parts.fragment if parts.fragment[:1] in ("!", "/") else ""
    query = "&".join(sorted(filter(None, parts.query.split("&"))))
    same = f"{parts.netloc}{parts.path}?{query}#{route}"
    return hashlib.blake2b(same.encode(), digest_size=8).hexdigest()


@lru_cache(_KNOWN)
def worth_listing(url: str) -> bool:
    """Whether an address means the same to every reader: not one within somebody's own network, nor a key."""
    clean = cleaned(url)
    host = urlsplit(clean).hostname if clean else None
    if not host or _WEBHOOKS.search(clean):
        return False
    if ":" in host:
        return _public(ipaddress.ip_address(host))
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        number = _ipv4(host)
        return number is not None and _public(ipaddress.ip_address(number))
    own = any(host == end or host.endswith(f".{end}") for end in _NEARBY)
    return _NAME.fullmatch(host) is not None and not own


def let_go() -> None:
    """Keep no address in memory: somebody shared each of them, and may want to be forgotten."""
    for known in (cleaned, mark, worth_listing):
        known.cache_clear()


def without_secrets(text: str) -> str:
    """Words without the keys of webhooks in them: whoever has one writes in somebody's channel."""
    return _KEY.sub(rf"\g<1>{HIDDEN}", text)


def _host(parts: SplitResult) -> str:
    """The host as the network knows it: nobody takes one letter for another."""
    host = unicodedata.normalize("NFKC", parts.hostname or "").translate(_DOTS).lower().rstrip(".")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host.partition('%')[0])}]"
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in host.split(".")
    )


def _follows(piece: str, host: str) -> bool:
    name = unquote_plus(piece.partition("=")[0]).lower()
    sites = (names for site, names in _PASSED_ON.items() if host == site or host.endswith(f".{site}"))
    return not piece or _TRACKING.fullmatch(name) is not None or any(name in names for names in sites)


def _within(fragment: str) -> str:
    """The place on a page that somebody shared, without the words that a browser marks there."""
    return fragment.partition(":~:")[0]


def _evenly(found: re.Match[str]) -> str:
    """An escape written in one way; a lone sign is a sign."""
    if found[1] is None:
        return "%25"
    letter = chr(int(found[1], 16))
    return letter if _PLAIN.fullmatch(letter) else f"%{found[1].upper()}"


def _ipv4(host: str) -> int | None:
    """The address that browsers read from numbers and dots, in whatever base."""
    pieces = [_number(one) for one in host.split(".")]
    if len(pieces) > 4 or None in pieces:
        return None
    numbers = [one for one in pieces if one is not None]
    *first, last = numbers
    if any(one > 255 for one in first) or last >= 256 ** (5 - len(numbers)):
        return None
    return last + sum(one << (24 - 8 * k) for k, one in enumerate(first))


def _number(text: str) -> int | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        if text.startswith("0x"):
            return int(text[2:] or "0", 16)
        return int(text, 8) if text.startswith("0") else int(text)
    except ValueError:
        return None


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (inner or address).is_global and not address.is_multicast
