"""Where calls of a desk may go: to its own host alone, in a private network only on its file's word. Pure."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urljoin, urlsplit

from plugin.documents.addresses import IpAddress, host_of, literal

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    )
)
"""Where clouds tell a machine its secrets, beside 169.254.169.254: AWS, Google, Alibaba, Azure, Oracle."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is called."""
_OWN_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""RFC 8215: translated by the network one is in."""
_COMPATIBLE = ipaddress.IPv6Network("::/96")
"""RFC 4291 2.5.5.1: the same, of old."""
_THIS_HOST = ipaddress.IPv4Network("0.0.0.0/8")
_SIGN_IN = re.compile(
    r"(^|[/_.-])(log[-_]?in|sign[-_]?in|sso|saml2?|oauth2?|auth|session)s?($|[/_.-])", re.IGNORECASE
)


class Reach:
    """Which addresses a desk's host may stand for. ``own_network``: the desk file says it stands in ours."""

    def __init__(self, url: str, *, own_network: bool) -> None:
        host = host_of(url)
        self._literal = literal(host)
        self._is_localhost = host == "localhost"
        self._own_network = own_network

    def why_not(self, address: str) -> str:
        """Why an IP address is not to be connected to; empty where it may be."""
        found = ipaddress.ip_address(address)
        if found == self._literal or (self._is_localhost and found.is_loopback):
            return ""
        kind = kind_of(found)
        if kind in _NEVER:
            return (
                f"the name of the helpdesk leads to {_NEVER[kind]} address, which is never called by a name"
            )
        if kind and not self._own_network:
            return (
                f"the name of the helpdesk leads to a {kind} address: "
                "if it stands in your own network, write own_network: true in the desk file"
            )
        return ""


_NEVER = {
    "link-local": "a link-local",
    "metadata": "a cloud's metadata",
    "multicast": "a multicast",
    "unspecified": "an unspecified",
    "reserved": "a reserved",
}


def kind_of(address: IpAddress) -> str:
    """What keeps an address from being one of the internet; empty where it is one."""
    inner = _embedded(address)
    if inner is not None:
        return kind_of(inner)
    if address in _METADATA:
        return "metadata"
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if address.is_unspecified or address in _THIS_HOST:
        return "unspecified"
    if isinstance(address, ipaddress.IPv4Address) and address.is_reserved:
        return "reserved"
    is_site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return "" if address.is_global and not is_site_local and address not in _OWN_NAT64 else "private"


def _embedded(address: IpAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that is meant where one stands inside an IPv6 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.is_unspecified or address.is_loopback:
        return None
    teredo = address.teredo
    inner = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    if inner is None and (address in _NAT64 or address in _COMPATIBLE):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner


def pointed_to(url: str, location: str) -> str:
    """Where an answer to a call of ``url`` points, by kind alone, and what is to be done about it.

    What it points to is not called, and nothing of it is repeated here, for these words come into the log and
    the case book: it may hold secrets, and its author is not the admin. Whoever asks by hand what an address
    is (``probe``) is told its scheme and host, and never more than the path below which the same answers.
    """
    here = urlsplit(url)
    try:
        there = urlsplit(urljoin(url, location))
        same_host, same_port = there.hostname == here.hostname, _port(there) == _port(here)
    except ValueError:
        return "the helpdesk points to an address that cannot be read; check the desk's url"
    if not location or there.scheme not in ("http", "https"):
        return "the helpdesk points elsewhere without saying where; check the desk's url"
    if not same_host:
        return (
            "the helpdesk points to another host, which is never called; "
            "check the desk's url, and write the address at which the helpdesk itself answers"
        )
    if there.scheme != here.scheme:
        return f"the helpdesk points to {there.scheme} at the same host; write the url with {there.scheme}://"
    if not same_port:
        return (
            "the helpdesk points to another port of the same host; write the url with the port it answers at"
        )
    if is_sign_in(there.path):
        return "the helpdesk points to its sign-in page; check the token, and that the url is that of its API"
    return "the helpdesk points to another path of the same address; write the url as it redirects to"


def is_sign_in(path: str) -> bool:
    """Whether a path looks like that of a page to sign in at: every house has one, so it shows nothing."""
    return _SIGN_IN.search(path) is not None


def _port(parts: SplitResult) -> int | None:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)
