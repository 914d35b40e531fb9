"""Networks as people write them in a setting."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network


def networks(written: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of a setting, by comma or space; raises ``ValueError`` where one is none."""
    found = tuple(ip_network(each) for each in written.replace(",", " ").split())
    if not found:
        raise ValueError(written)
    return found
