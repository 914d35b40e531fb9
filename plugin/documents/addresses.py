"""Addresses as a desk file writes them: what is a plain one, and what is wrong with any other. Pure."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from urllib.parse import urlsplit

_PLAIN = re.compile(
    r"https?://(\[(?P<v6>[0-9A-Fa-f:.]+(%25[\w.~-]+)?)\]|(?P<host>[^\s/?#@:\\\[\]%]+))"
    r"(:(?P<port>[0-9]{1,5}))?(/[^\s?#@\\]*)?"
)
_NAME = re.compile(r"(?=.{1,253}\.?\Z)[\w-]{1,63}(\.[\w-]{1,63})*\.?\Z")
_NUMBER = re.compile(r"(\d+|0[xX][0-9a-fA-F]*)\Z", re.ASCII)
_LOGIN = re.compile(r"[^\s/?#@:\\]+(:[^\s/?#@:\\]*)?")
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def fault_of(written: str) -> tuple[str, str] | None:
    """(problem code, the usual form or empty) of what is no plain ``http(s)://host[:port][/path]``.

    A host whose last part is a number is an IPv4 address to every resolver, however it is spelled
    (WHATWG URL, "ends in a number"): only the usual spelling is taken, so that what is read is called.
    """
    if "@" in written:
        return "secret-in-url", ""
    found = _PLAIN.fullmatch(written)
    if not found or not written.isprintable() or not 0 < int(found["port"] or 1) < 65536:
        return "bad-url", ""
    host = found["v6"] or found["host"]
    address = literal(host)
    if address is not None and (address.version == 6) == bool(found["v6"]):
        return ("bad-url", "") if address.is_unspecified or address.is_multicast else None
    if found["v6"]:
        return "bad-url", ""
    name = unicodedata.normalize("NFKC", host).replace("。", ".")
    if _NUMBER.match(name.rstrip(".").rpartition(".")[2]):
        usual = _usual(name)
        return ("odd-address", usual) if usual else ("bad-url", "")
    if not _NAME.match(name) or not (name.isascii() or _is_idna(name)):
        return "bad-url", ""
    return None if name == host else ("odd-address", name)


def fault_of_proxy(written: str) -> tuple[str, str] | None:
    """The same of the address of a proxy, ``http(s)://[user:password@]host[:port]``."""
    scheme, _, rest = written.partition("://")
    login, at, host = rest.rpartition("@")
    code, usual = fault_of(f"{scheme}://{host}") or ("", "")
    is_more = bool(host.partition("/")[2]) or bool(at and not _LOGIN.fullmatch(login))
    if code == "odd-address" and not is_more:
        return code, usual
    return ("bad-proxy", "") if code or is_more else None


def fault_of_open_proxy(written: str) -> tuple[str, str] | None:
    """The same where everybody can read it, as in a desk file: there it holds no login."""
    return ("secret-in-proxy", "") if "@" in written else fault_of_proxy(written)


def literal(host: str) -> IpAddress | None:
    """The address that a host in an address is, in its usual spelling; None for a name."""
    try:
        return ipaddress.ip_address(host.replace("%25", "%"))
    except ValueError:
        return None


MOST_ABOVE = 4
"""Addresses looked at above one that shows nothing."""


def above(url: str) -> tuple[str, ...]:
    """The addresses a plain one lies below on the same host, nearest first: a few, and the host's own."""
    split = urlsplit(url)
    parts = [each for each in split.path.split("/") if each]
    paths = ["".join(f"/{each}" for each in parts[:n]) for n in range(len(parts) - 1, -1, -1)]
    near = paths if len(paths) <= MOST_ABOVE else [*paths[: MOST_ABOVE - 1], ""]
    return tuple(f"{split.scheme}://{split.netloc}{path}" for path in near)


def host_of(url: str) -> str:
    """The host of a plain address, in small letters, without brackets and closing dot."""
    return (urlsplit(url).hostname or "").rstrip(".")


def _is_idna(name: str) -> bool:
    """Whether a name in other letters than ASCII can be looked up (RFC 5891)."""
    import idna  # rarely wanted

    try:
        idna.encode(name.lower(), strict=True, std3_rules=True)
    except idna.IDNAError:
        return False
    return True


def _usual(name: str) -> str:
    """How an IPv4 address in another spelling (``127.1``, ``0x7f000001``) is usually written."""
    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(name.rstrip("."))))
    except (OSError, UnicodeError):
        return ""
