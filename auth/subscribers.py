"""Who stands behind a network address, where strangers are counted."""

from ipaddress import ip_address, ip_network
from typing import Final

_IPV4: Final = 4
_SUBSCRIBER: Final = 64  # bits of an IPv6 address that name a subscriber's network


def subscriber(host: str) -> str:
    """Return whom a budget is for: an IPv6 subscriber has a whole network, and is one."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.version == _IPV4 or address.ipv4_mapped is not None:
        return host
    return str(ip_network((address, _SUBSCRIBER), strict=False))
