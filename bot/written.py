"""How what people write into settings is read: each function gives it tidied, or raises ValueError."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones


def zone_name(name: str) -> str:
    """An IANA zone that is known here."""
    if name not in available_timezones():
        raise ValueError(name)
    return name


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
