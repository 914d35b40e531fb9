"""Addresses of desk files: plain ones are taken, every other spelling is refused where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.documents.addresses import fault_of, fault_of_proxy
from plugin.documents.desks import build_desk
from plugin.documents.problems import Problems
from plugin.documents.redacted import redacted
from plugin.documents.render import as_text
from plugin.documents.source import Source, compose

TEXT = (Path(__file__).parents[1] / "cases" / "ok" / "desk-limits.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    "url",
    [
        "https://rt.example.org",
        "https://rt.example.org/",
        "https://rt.example.org./rt",
        "http://rt.example.org:8080/rt/REST~x/2.0;a=b",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://10.1.2.3:65535",
        "http://169.254.169.254",
        "http://[::1]:8080/rt",
        "http://[::ffff:10.0.0.1]",
        "http://[fe80::1%25eth0]:80/",
        "https://帮助台.example",
        "https://Straße.example",
        "https://desk_1.example",
        "https://xn--eckwd4c7c.example",
        "https://1.example",
    ],
)
def test_a_plain_address_is_taken(url: str) -> None:
    assert fault_of(url) is None


@pytest.mark.parametrize(
    ("url", "usual"),
    [
        ("http://0x7f.1", "127.0.0.1"),
        ("http://2130706433", "127.0.0.1"),
        ("http://127.1:8080/rt", "127.0.0.1"),
        ("http://0177.0.0.1", "127.0.0.1"),
        ("http://127.0.0.01", "127.0.0.1"),
        ("http://127.0.0.1.", "127.0.0.1"),
        ("http://0XA9FEA9FE", "169.254.169.254"),
        ("http://１２７.0.0.1", "127.0.0.1"),
        ("http://127。0。0。1", "127.0.0.1"),
        ("https://帮助台。example", "帮助台.example"),
        ("https://ｄesk.example", "desk.example"),
        ("http://①⑥⑨.254.169.254", "169.254.169.254"),
    ],
)
def test_another_spelling_of_an_address_is_told_with_the_usual_one(url: str, usual: str) -> None:
    assert fault_of(url) == ("odd-address", usual)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "rt.example.org",
        "//rt.example.org",
        "ftp://rt.example.org",
        "file:///etc/passwd",
        "gopher://rt.example.org",
        "javascript:alert(1)",
        "https://",
        "https:///rt",
        "https://:443",
        "https://rt.example.org:0",
        "https://rt.example.org:00000",
        "https://rt.example.org:65536",
        "https://rt.example.org:99999999",
        "https://rt.example.org:",
        "https://rt.example.org:https",
        "https://rt.example.org:-1",
        "https://rt.example.org?x=1",
        "https://rt.example.org/rt?x=1",
        "https://rt.example.org/rt#top",
        "https://rt.example.org#top",
        "https://rt.example.org/a b",
        "https://rt.example.org\\evil.example",
        "https://rt.example.org/\\evil.example",
        "https://rt.example.org/\r\nX-Evil: 1",
        "https://rt.example.org/\u200b",
        "https://rt.example.org\n",
        "https://%72t.example.org",
        "https://127.0.0.%31",
        "https://rt..example.org",
        "https://.example.org",
        "https://" + "a" * 64 + ".example",
        "https://" + ".".join(["a" * 60] * 5),
        "https://[::1",
        "https://::1",
        "https://[127.0.0.1]",
        "https://[abc]",
        "https://[::1]x",
        "https://1.2.3.4.5",
        "https://256.256.256.256",
        "https://0x",
        "http://0.0.0.0:80",
        "http://[::]",
        "http://224.0.0.1",
        "http://[ff02::1]",
        "https://☃.example",
        "https://-帮.example",
        "https://rt,example,org",
        "https://rt.example.org;evil",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    assert fault_of(url) == ("bad-url", "")


@pytest.mark.parametrize(
    "url", ["https://a@b.example", "https://a:b@c.example", "https://c.example/@x", "a@b"]
)
def test_what_may_be_a_login_is_refused_as_one(url: str) -> None:
    assert fault_of(url) == ("secret-in-url", "")


@pytest.mark.parametrize(
    ("proxy", "fault"),
    [
        ("http://proxy.example:3128", None),
        ("https://proxy.example/", None),
        ("http://user:p%40ss@10.0.0.1:3128", None),
        ("http://user@[::1]:3128", None),
        ("http://127.1:3128", "odd-address"),
        ("socks5://proxy.example:1080", "bad-proxy"),
        ("proxy.example:3128", "bad-proxy"),
        ("http://proxy.example:3128/path", "bad-proxy"),
        ("http://proxy.example:0", "bad-proxy"),
        ("http://user:pa ss@proxy.example", "bad-proxy"),
        ("http://user:pa/ss@proxy.example", "bad-proxy"),
        ("http://proxy.example?x", "bad-proxy"),
        ("", "bad-proxy"),
    ],
)
def test_addresses_of_proxies(proxy: str, fault: str | None) -> None:
    found = fault_of_proxy(proxy)
    assert (found and found[0]) == fault


@pytest.mark.parametrize(
    "line",
    [
        "proxy: http://user:MARKED@proxy.example:3128",
        "proxy: http://user:MARKED/x@proxy.example:3128",
        "proxy: user:MARKED@proxy.example:3128",
        "proxy: 'user:MARKED@proxy.example'",
        "proxy: socks5://user:MARKED@proxy.example",
        "proxy: 'http://user:MARKED?@proxy.example'",
    ],
)
def test_a_login_in_the_open_is_refused_and_not_repeated(line: str) -> None:
    problems = Problems()
    text = TEXT + line + "\n"
    assert build_desk("hall", compose(text, "desks/hall.yaml"), problems) is None
    assert [each.code for each in problems] == ["secret-in-proxy"]
    shown = as_text(tuple(problems), {"desks/hall.yaml": Source("desks/hall.yaml", redacted(text))}, "en")
    assert "proxy:" in shown
    assert "MARKED" not in shown


def test_the_words_for_ones_own_network() -> None:
    def own(text: str) -> bool | None:
        problems = Problems()
        desk = build_desk("hall", compose(TEXT + text, "desks/hall.yaml"), problems)
        assert bool(desk) == (not list(problems))
        return desk and desk.own_network

    assert own("own_network: true\n") is True
    assert own("own_network: false\n") is False
    assert own("") is False
    assert own("own_network: ours\n") is None
