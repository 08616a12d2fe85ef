"""Where an endpoint of a unit may be: an address that is checked is the address that is called."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Lookup = Callable[[str, int], Awaitable[list[str]]]

_LONGEST_URL: Final = 2000
_LONGEST_LOOKUP: Final = 3.0  # seconds
# Parsers of addresses differ: `0x7f.1`, `2130706433`, `127.1`, `１２７.0.0.1`, `%31`, `good\@bad` are
# other hosts to one than to the next. Only what all of them read alike is an address here: a name whose last
# label starts with a letter, dotted decimals without leading zeros, IPv6 in brackets without a zone.
_AUTHORITY: Final = re.compile(
    r"https?://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?(?:[/?]|$)"
)
_NAME: Final = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_LONGEST_NAME: Final = 253
_URL: Final = re.compile(r"[!-~]+")
_NAT64: Final = IPv6Network("64:ff9b::/96")
# No installation needs to call these, and the worst is behind them: metadata services of clouds.
_NEVER: Final = tuple(
    ip_network(text)
    for text in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fe80::/10", "ff00::/8")
)


class AddressRefused(Exception):
    """No such endpoint is called here: not an address, or not where this gateway calls anybody."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an endpoint is now: *host* as it is named, *address* the one to connect to."""

    host: str
    address: Address


class EndpointAddresses:
    """Says where an endpoint is, if it may be there.

    Public addresses may be called, and the *networks* that an installation names. Whatever else
    a name leads to is refused: loopback, private, shared, reserved; IPv4 inside IPv6 counts as what it is.
    """

    def __init__(
        self,
        networks: Iterable[Network] = (),
        *,
        anywhere: bool = False,
        lookup: Lookup | None = None,
    ) -> None:
        """
        Args:
            anywhere: nothing but the form is checked, and http will do; in the demo alone.
            lookup: addresses of a host; the system's resolver if left out.
        """
        self._networks = tuple(networks)
        self._anywhere = anywhere
        self._lookup = lookup or _looked_up

    async def of(self, url: str) -> Place | None:
        """Return where *url* leads to now; None where every place will do.

        Raises:
            AddressRefused: it may not be called. A name that is unknown, and one that leads inside,
                are told apart by nobody: else anybody could ask which names there are inside.
        """
        host = endpoint_host(url, plain=self._anywhere)
        if self._anywhere:
            return None
        try:
            async with asyncio.timeout(_LONGEST_LOOKUP):
                found = [ip_address(one) for one in await self._found(host, url)]
        except (OSError, ValueError, TimeoutError) as error:
            raise AddressRefused from error
        if not found or not all(self._allowed(one) for one in found):
            raise AddressRefused
        return Place(host, found[0])

    async def _found(self, host: str, url: str) -> list[str]:
        if host.startswith("["):
            return [host[1:-1]]
        try:
            return [str(IPv4Address(host))]
        except ValueError:
            return await self._lookup(host, urlsplit(url).port or 443)

    def _allowed(self, address: Address) -> bool:
        inner = _inner(address)
        if inner is not None:
            return self._allowed(inner)
        if any(address in never for never in _NEVER):
            return False
        if any(address in network for network in self._networks):
            return True
        site = isinstance(address, IPv6Address) and address.is_site_local
        return address.is_global and not (address.is_multicast or address.is_reserved or site)


def endpoint_host(url: str, *, plain: bool = False) -> str:
    """Return the host in *url*, in lower case, IPv6 in brackets.

    Raises:
        AddressRefused: it is not an https address (http too if *plain*), or can be read in two ways.
    """
    match = _AUTHORITY.match(url)
    if match is None or len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        raise AddressRefused
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused from error
    if (parts.scheme != "https" and not plain) or port == 0 or "#" in url or "\\" in url:
        raise AddressRefused
    host = match["host"].lower()
    try:
        if host.startswith("["):
            IPv6Address(host[1:-1])
        elif not (_NAME.fullmatch(host) and len(host) <= _LONGEST_NAME):
            IPv4Address(host)
    except ValueError as error:
        raise AddressRefused from error
    return host


def network_to_call(text: str) -> Network:
    """Return the network *text* (CIDR) that endpoints may be in.

    Raises:
        ValueError: it is none, or reaches where nobody is ever called.
    """
    network = ip_network(text)
    if any(network.version == never.version and network.overlaps(never) for never in _NEVER):
        raise ValueError(f"{text} reaches link-local, multicast, unspecified or reserved addresses")
    return network


def _inner(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if not isinstance(address, IPv6Address):
        return None
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


async def _looked_up(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]
