"""Where a system may call from: networks in CIDR, IPv4 and IPv6 (no database)."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

MOST = 50


class BadNetwork(ValueError):
    """A line that is neither an address nor a network; `line` is what was typed."""

    def __init__(self, line: str) -> None:
        super().__init__("not a network")
        self.line = line


def read_networks(lines: Iterable[str]) -> list[str]:
    """Networks as they are kept, each once; a single address becomes a network of one.

    Raises BadNetwork, also for a network with an address inside it (10.0.0.5/8), which could mean two.
    """
    found: dict[str, None] = {}
    for line in filter(None, (line.strip() for line in lines)):
        try:
            found[str(ip_network(line))] = None
        except ValueError:
            raise BadNetwork(line) from None
    return list(found)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks; where there are none, every address does.

    What is no address (a socket's, a broken header) lies in no network. An IPv4 address that comes as
    IPv6 (::ffff:203.0.113.7) is taken for what it is.
    """
    kept = list(networks)
    if not kept:
        return True
    try:
        caller: IPv4Address | IPv6Address = ip_address(address.strip())
    except ValueError:
        return False
    mapped = getattr(caller, "ipv4_mapped", None)
    return any((mapped or caller) in ip_network(network) for network in kept)
