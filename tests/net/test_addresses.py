"""Which addresses may be connected to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.net.addresses import METADATA, PRIVATE, permitted

PUBLIC = ["8.8.8.8", "1.1.1.1", "104.18.6.192", "2001:4860:4860::8888", "2606:4700::6810:7c0", "64:ff9b::808:808"]
LOCAL = ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "::1", "fd12::1"]
LOCAL_IN_DISGUISE = ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"]
NEVER = [
    "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",  # nobody, or everybody
    "169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254",  # metadata
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "2002:7f00:1::", "2002:808:808::", "2001::1", "::7f00:1", "64:ff9b:1::1", "192.88.99.1", "192.0.2.1", "198.18.0.1",
    "2001:db8::1", "3fff::1", "5f00::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address: str) -> None:
    assert permitted(address, allow_private=False)
    assert permitted(address, allow_private=True)


@pytest.mark.parametrize("address", [*LOCAL, *LOCAL_IN_DISGUISE])
def test_local_addresses_open_only_for_those_who_ask(address: str) -> None:
    assert not permitted(address, allow_private=False)
    assert permitted(address, allow_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_never_open(address: str) -> None:
    assert not permitted(address, allow_private=False)
    assert not permitted(address, allow_private=True)


@given(st.sampled_from([*METADATA, *PRIVATE]), st.data())
def test_no_address_of_a_closed_network_slips_through(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, network.num_addresses - 1))
    address = network[offset]

    assert not permitted(str(address), allow_private=False)
    if address.version == 4:
        assert not permitted(f"::ffff:{address}", allow_private=False)
        assert not permitted(str(ipaddress.IPv6Address((0x64FF9B << 96) + int(address))), allow_private=False)
