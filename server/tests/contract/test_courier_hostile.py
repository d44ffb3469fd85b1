"""No callback URL, however it is written, leads the courier anywhere but the public internet."""

import asyncio
from typing import Any

import pytest

from watchword.adapters import courier as module
from watchword.adapters.courier import HttpCourier, is_public
from watchword.ports.courier import NotDelivered

LITERALS = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254",
    "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1", "100::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::",
    "2002:a9fe:a9fe::", "2002:c0a8:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%25eth0", "fec0::1", "ff02::1",
)  # fmt: skip
SPELLINGS = (
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "00000177.0.0.1", "127.1", "127.0.1",
    "0", "0x0", "017700000001", "127.0.0.1.", "127.000.000.001", "１２７.0.0.1", "①②⑦.⓪.⓪.①",
    "127。0。0。1", "localhost", "LOCALHOST", "localhost.", "localhost.localdomain",
    "169.254.43518", "0xa9fea9fe", "2852039166", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
)  # fmt: skip
WHOLE = (
    "http://example.org@127.0.0.1/", "http://example.org:80@127.0.0.1:80/",
    "http://127.0.0.1#@example.org/", "http://127.0.0.1?@example.org/",
    "http://127.0.0.1\\@example.org/", "http:127.0.0.1/", "http:///127.0.0.1/", "//127.0.0.1/",
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:25/_HELO", "unix:///run/x.sock",
    "http+unix://%2Frun%2Fx.sock/", "ws://127.0.0.1/", "data:text/plain,x", "javascript:alert(1)",
    "", "http://", "http://[", "http://[::1", "http://:80/", "http://127.0.0.1:99999/",
    "https://127.0.0.1/", "https://[::1]/", "http://%31%32%37.0.0.1/", "http://127.0.0.1%2f/",
)  # fmt: skip
CORPUS = (
    *(f"http://[{each}]/" if ":" in each else f"http://{each}/" for each in LITERALS),
    *(f"http://{each}/" for each in SPELLINGS),
    *WHOLE,
)


@pytest.mark.parametrize("url", CORPUS)
async def test_s3_a_hostile_url_is_never_connected_to(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    asked: list[Any] = []

    async def lookup(host: Any, *_: object, **__: object) -> Any:
        asked.append(host)
        return [(10, 1, 6, "", ("::1", 80, 0, 0)), (2, 1, 6, "", ("127.0.0.1", 80))]

    async def connect(*given: object) -> None:
        raise AssertionError(f"{url!r} was connected to at {given[1:]}")

    monkeypatch.setattr(loop, "getaddrinfo", lookup)
    monkeypatch.setattr(loop, "sock_connect", connect)
    courier = HttpCourier(allow_private=False)
    try:
        outcome = await courier.post(url, b"{}", message_id="m", sent_at=0, secrets=())
    finally:
        await courier.close()
    assert isinstance(outcome, NotDelivered)
    assert outcome.because


def test_s3_the_corpus_is_large_and_has_no_url_twice() -> None:
    assert len(CORPUS) >= 60
    assert len(set(CORPUS)) == len(CORPUS)
    assert module.TIME_TO_ANSWER == 15


@pytest.mark.parametrize("address", [each.partition("%")[0] for each in LITERALS])
def test_s3_no_reserved_address_is_public(address: str) -> None:
    assert not is_public(address)
