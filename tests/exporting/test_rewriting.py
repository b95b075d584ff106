"""How a page of the server becomes a file: what is led elsewhere, what is left out, what stays as it was."""

from __future__ import annotations

import pytest

from bot.exporting.places import address_of, file_of, link_to, needs_the_bot
from bot.exporting.rewriting import rewritten

BASE = "https://chat.example.org"


def led(link: str) -> str | None:
    return {"/gone/": None, "/room/x/": "", "/search": "search/index.html"}.get(link, f"to:{link}")


def made(page: str) -> str:
    return rewritten(page, led, lambda action: led(action) if action == "/search" else None)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            '<a href="/a/">words &amp; &eacute; <b>more</b></a>',
            '<a href="to:/a/">words &amp; &eacute; <b>more</b></a>',
        ),
        ('<a class="x" href="/a/?v=1&amp;w">w</a>', '<a class="x" href="to:/a/?v=1&amp;w">w</a>'),
        ('<p>see <a href="/gone/">these <i>words</i></a>.</p>', "<p>see these <i>words</i>.</p>"),
        ('<p>x <a href="/room/x/">Join <b>in</b></a> y</p>', "<p>x  y</p>"),
        ('<ul><li><a href="/room/x/">Join</a></li>\n<li>y</li></ul>', "<ul><li>y</li></ul>"),
        ('<form method="post" action="/a/"><p><input name="a"><form></p></form>z</form>b', "b"),
        (
            '<form action="/search" role="search"><input name="q"></form>',
            '<form action="search/index.html" role="search"><input name="q"></form>',
        ),
        ('<aside class="live wide"><a href="/a/">x</a><aside>y</aside></aside>z', "z"),
        (
            '<script type="module" src="/s.js"></script><script src="/t.js" defer></script>',
            '<script src="to:/t.js" defer></script>',
        ),
        (
            '<link rel="preload" href="/f.woff2" as="font" crossorigin>\n<link rel="icon" href="/i.svg">',
            '<link rel="icon" href="to:/i.svg">',
        ),
        ('<link rel="canonical" href="/a/">', '<link rel="canonical" href="/a/">'),
        ('<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>', '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>'),
        (
            "<script>if (a < b) \"<a href='/gone/'>\"</script>",
            "<script>if (a < b) \"<a href='/gone/'>\"</script>",
        ),
        ('<!-- <a href="/gone/"> --><p>x</p>', '<!-- <a href="/gone/"> --><p>x</p>'),
    ],
)
def test_a_page_keeps_all_but_its_links(page: str, expected: str) -> None:
    assert made(page) == expected


@pytest.mark.parametrize(
    ("link", "address", "place"),
    [
        ("/c/x/", "/c/x/", ""),
        ("/c/x/#q3", "/c/x/", "q3"),
        (f"{BASE}/c/feed.atom", "/c/feed.atom", ""),
        (BASE, "/", ""),
        ("?view=time", "/c/x/2026-11-17/?view=time", ""),
        ("?tz=Paris", "/c/x/2026-11-17/", ""),
        ("print/", "/c/x/2026-11-17/print/", ""),
        ("/c/fråga/", "/c/fr%C3%A5ga/", ""),
        ("/c/fr%C3%A5ga/", "/c/fr%C3%A5ga/", ""),
    ],
)
def test_a_link_of_ours_is_known_as_such(link: str, address: str, place: str) -> None:
    assert address_of(link, "/c/x/2026-11-17/", BASE) == (address, place)


@pytest.mark.parametrize(
    "link", ["https://e.example/", f"{BASE}.evil.example/", "//e.example/x", "mailto:a@e.example", "#q3"]
)
def test_a_link_elsewhere_is_none_of_ours(link: str) -> None:
    assert address_of(link, "/c/x/", BASE) is None


def test_addresses_are_files_that_link_to_one_another() -> None:
    assert file_of("/") == "index.html"
    assert file_of("/c/x/2026-11-17/?view=time") == "c/x/2026-11-17/view-time/index.html"
    assert file_of("/c/fr%C3%A5ga/feed.atom") == "c/fråga/feed.atom"
    assert file_of("/c/search") == "c/search/index.html"
    assert link_to("c/fråga/index.html", "c/x/index.html", "q3") == "../fr%C3%A5ga/index.html#q3"
    assert link_to("c/x/index.html", "c/x/index.html") == "index.html"


@pytest.mark.parametrize("address", ["/c/../../etc/", "/c/%2e%2e/x", "/c/a%2fb/", "/c/%00/"])
def test_no_address_leads_out_of_the_folder(address: str) -> None:
    with pytest.raises(ValueError, match="out of the export"):
        file_of(address)


def test_what_only_a_running_bot_answers_is_known() -> None:
    live = ("/room/", "/in/x", "/c/x/2026-11-17/live/", "/c/a/xyz/report", "/desk/", "/healthz")
    assert all(map(needs_the_bot, live))
    assert not any(map(needs_the_bot, ("/", "/c/", "/c/room/", "/c/x/2026-11-17/print/")))
