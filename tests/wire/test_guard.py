"""Which addresses may be spoken to."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from cais.ports.errors import ConfigurationError
from cais.ports.session import Reach
from cais.wire.guard import Guard, NoSuchHost, reach_from

PUBLIC = ("8.8.8.8", "200.160.2.3", "2606:4700::1111", "2801:80::1")
LOOPBACK = ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1")
PRIVATE = ("10.1.2.3", "172.16.0.9", "192.168.0.1", "100.64.0.1", "fd12::1", "::ffff:192.168.0.1")
NEVER = (
    "169.254.169.254",
    "fe80::1",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "240.0.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::ffff:169.254.169.254",
)
KINDS = {"public": PUBLIC, "loopback": LOOPBACK, "private": PRIVATE, "never": NEVER}


@pytest.mark.parametrize(
    ("reach", "allowed"),
    [
        (Reach.NONE, {"public"}),
        (Reach.LOOPBACK, {"loopback"}),
        (Reach.PRIVATE, {"public", "loopback", "private"}),
    ],
)
def test_each_reach_allows_its_kinds_and_no_other(reach: Reach, allowed: set[str]) -> None:
    guard = Guard(reach)
    for kind, texts in KINDS.items():
        answers = {text: guard.allows(ip_address(text)) for text in texts}
        assert answers == dict.fromkeys(texts, kind in allowed)


def test_a_name_is_judged_by_where_it_leads() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Guard().addresses("localhost", 80)
    assert caught.value.code == "private_address"
    assert "rede particular" in caught.value.words
    assert "127.0.0.1" in Guard(Reach.LOOPBACK).addresses("localhost", 80)


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "127.1", "017700000001"])
def test_other_spellings_of_this_machine_are_seen_through(spelling: str) -> None:
    with pytest.raises((ConfigurationError, NoSuchHost)):
        Guard().addresses(spelling, 80)


def test_the_demo_speaks_to_this_machine_only_and_says_so() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Guard(Reach.LOOPBACK).addresses("8.8.8.8", 443)
    assert "demonstração" in caught.value.words


def test_a_name_that_cannot_be_a_name_leads_nowhere() -> None:
    with pytest.raises(NoSuchHost):
        Guard().addresses("a" * 70 + ".example", 443)


def test_the_operator_chooses_by_one_variable_and_nothing_means_public_only() -> None:
    assert reach_from({}) is Reach.NONE
    assert reach_from({"CAIS_ALLOW_ADDRESSES": " loopback "}) is Reach.LOOPBACK
    assert reach_from({"CAIS_ALLOW_ADDRESSES": "private"}) is Reach.PRIVATE
    with pytest.raises(ValueError, match="todos"):
        reach_from({"CAIS_ALLOW_ADDRESSES": "todos"})
