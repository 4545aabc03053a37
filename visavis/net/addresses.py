"""Which internet addresses a URL that somebody sent us may lead to. Judged by number: names say nothing."""

import ipaddress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# where clouds tell a machine its own secrets; never opened, whatever the operator sets
METADATA: tuple[Network, ...] = (
    ipaddress.ip_network("169.254.0.0/16"),
    ipaddress.ip_network("168.63.129.16/32"),
    ipaddress.ip_network("100.100.100.200/32"),
    ipaddress.ip_network("192.0.0.192/32"),
    ipaddress.ip_network("fd00:ec2::/32"),
    ipaddress.ip_network("fe80::/10"),
)
# what `VISAVIS_ALLOW_PRIVATE_URLS` opens
PRIVATE: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("10.0.0.0/8"),
    ipaddress.ip_network("172.16.0.0/12"),
    ipaddress.ip_network("192.168.0.0/16"),
    ipaddress.ip_network("100.64.0.0/10"),
    ipaddress.ip_network("::1/128"),
    ipaddress.ip_network("fc00::/7"),
)
# not the whole truth about IPv6, but whatever is public lies in the one and not in the others
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
SPECIAL: tuple[Network, ...] = (
    ipaddress.ip_network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.ip_network("2001::/23"),  # Teredo, benchmarks and other protocols
    ipaddress.ip_network("2001:db8::/32"),
    ipaddress.ip_network("2002::/16"),  # 6to4: an IPv4 address in disguise
    ipaddress.ip_network("3fff::/20"),
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def permitted(text: str, allow_private: bool) -> bool:
    """Whether a connection may go to this address, as the resolver wrote it."""
    try:
        address = _bare(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if _in(address, METADATA):
        return False
    return _public(address) or (allow_private and _in(address, PRIVATE))


def _bare(address: Address) -> Address:
    """The IPv4 address inside one that only wraps it, which is where the packets go."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address


def _public(address: Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global or _in(address, SPECIAL):
        return False
    return address.version == 4 or address in GLOBAL_UNICAST


def _in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
