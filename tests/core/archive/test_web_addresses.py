"""Web addresses: the same are one, keys are taken out, and what leads into one's own network is none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.archive.web_addresses import cleaned, mark, without_secrets, worth_listing
from tests.support.bad_inputs import case

SAME = (
    ("https://a.example/x", "https://A.Example/x"),
    ("https://a.example/x", "http://a.example:80/x"),
    ("https://a.example/x", "https://a.example:443/x"),
    ("https://a.example/x", "https://a.example./x"),
    ("https://a.example/x", "https://a.example/x#part-2"),
    ("https://a.example/x", "https://a.example/x#:~:text=some%20words"),
    ("https://a.example/x", "https://a.example/x?utm_source=mail&utm_medium=social"),
    ("https://a.example/x", "https://a.example/x?fbclid=1&gclid=2&mc_cid=3&mc_eid=4&igsh=5&msclkid=6"),
    ("https://a.example/x?v=1&w=2", "https://a.example/x?w=2&utm_id=9&v=1"),
    ("https://a.example/", "https://a.example"),
    ("https://a.example/%7Eana", "https://a.example/~ana"),
    ("https://a.example/%c3%a4", "https://a.example/ä"),
    ("https://xn--mnchen-3ya.example/", "https://münchen.example/"),
    ("https://youtu.be/abc", "https://youtu.be/abc?si=xyz"),
    ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abc&feature=shared&si=1"),
    ("https://ana@a.example/x", "https://a.example/x"),
)
OTHERS = (
    ("https://a.example/x", "https://a.example/X"),
    ("https://a.example/x", "https://a.example/x?page=2"),
    ("https://a.example/x", "https://a.example:8443/x"),
    ("https://a.example/x", "https://b.example/x"),
    ("https://youtu.be/abc", "https://youtu.be/abd"),
    ("https://youtu.be/abc", "https://youtu.be/abc?t=90"),
    ("https://a.example/?si=1", "https://a.example/"),
    ("https://a.example/#/lesson/1", "https://a.example/#/lesson/2"),
    ("https://pаypal.example/", "https://paypal.example/"),
)
ANY = st.text() | st.from_regex(r"\Ahttps?://[ -\x7e\u00e4\u0430\u3002]{0,60}\Z")


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_only_tells_readers_apart_makes_no_other_page(one: str, other: str) -> None:
    assert mark(one) == mark(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_other_pages_stay_others(one: str, other: str) -> None:
    assert mark(one) != mark(other)


def test_a_link_is_followed_without_what_tells_readers_apart_to_the_place_that_was_meant() -> None:
    shared = "HTTPS://A.Example:443/x?utm_source=mail&v=1#part-2"
    assert cleaned(shared) == "https://a.example/x?v=1#part-2"


def test_a_mark_never_changes() -> None:
    assert mark("https://a.example/x?v=1") == "b7ec7d9008c56088"


@given(ANY)
def test_cleaning_once_is_cleaning_for_good(url: str) -> None:
    once = cleaned(url)
    assert cleaned(once) == once
    assert mark(once) == mark(url)


@given(ANY)
def test_whatever_is_typed_is_taken_calmly(url: str) -> None:
    assert cleaned(url) == "" or cleaned(url).startswith(("http://", "https://"))
    assert not worth_listing(url) or mark(url)
    assert without_secrets(without_secrets(url)) == without_secrets(url)


def test_b346_an_address_of_the_machine_itself_is_no_resource() -> None:
    assert not worth_listing(case("B346").input)


@pytest.mark.parametrize("url", case("B347").input.split())
def test_b347_however_it_is_written(url: str) -> None:
    assert mark(url)
    assert not worth_listing(url)


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.1", "192.168.1.1", "172.16.9.9", "[fe80::1]", "[::1]", "[fd00::2]", "0", "0177.0.0.1"),
        *("localhost", "x.localhost", "printer.local", "intranet", "300.1.1.1", "224.0.0.1", "1.2.3.4.5"),
    ],
)
def test_what_means_another_machine_to_each_reader_is_no_resource(host: str) -> None:
    assert not worth_listing(f"http://{host}/x")


@pytest.mark.parametrize(
    "host", ["a.example", "8.8.8.8", "134744072", "[2606:4700::1111]", "xn--mnchen-3ya.de"]
)
def test_what_everybody_can_open_is_one(host: str) -> None:
    assert worth_listing(f"https://{host}/x")


@pytest.mark.parametrize(
    "url", [*case("B350").input.split(), "javascript:alert(1)", "mailto:a@b.example", "//x"]
)
def test_b350_only_web_pages_are_resources(url: str) -> None:
    assert cleaned(url) == ""
    assert not worth_listing(url)


def test_b356_a_short_address_stays_as_it_is_and_is_not_followed() -> None:
    host = case("B356").input.split()[-1]
    assert cleaned(f"https://{host}/AbC1?amp=1") == f"https://{host}/AbC1?amp=1"
    assert worth_listing(f"https://{host}/AbC1")


@pytest.mark.parametrize("begin", ["https://discord.com/api", "http://ptb.discordapp.com/api/v10"])
def test_b354_the_key_of_a_webhook_goes_and_its_address_is_no_resource(begin: str) -> None:
    said = f"here {begin}/webhooks/123/abc-_9 and more"
    assert without_secrets(said) == f"here {begin}/webhooks/123/[secret] and more"
    assert not worth_listing(f"{begin}/webhooks/123/abc")
    assert case("B354").input.split()[0] not in without_secrets(case("B354").input)


KEY = "aB9_-zq"
HOOKS = (
    *("discord.com/api/webhooks/123/", "https://discord.com:443/api/webhooks/123/"),
    *("https://discord.com./api/webhooks/123/", "https://discord.com.:443/api/webhooks/123/"),
    *("https://www.discord.com/api/webhooks/123/", "www.discord.com/api/webhooks/123/"),
    *("https://user@discord.com/api/webhooks/123/", "https://a:b@discord.com/api/v10/webhooks/123/"),
    *("https://discord.com//api/webhooks/123/", "https://discord.com/api//webhooks/123//"),
    *("//discord.com/api/webhooks/123/", "HTTPS://Discord.COM/API/WebHooks/123/"),
    *("https://discord.com/%61pi/web%48ooks/%31%32%33/", "https://disc%6Frd.com/api/webhooks/123/"),
    *("https://discord。com/api/webhooks/123/", "https://discord.com\\api\\webhooks\\123\\"),
    "https://a.example/share?u=https%3A%2F%2Fdiscord.com%2Fapi%2Fwebhooks%2F123%2F",
    *("https://hooks.slack.com/services/T01/B02/", "hooks.slack.com:443//services/T01/B02/"),
    *("https://hooks.slack.com/workflows/T01/A02/123/", "https://hooks.slack.com/triggers/T01/123/"),
    "https://www.hooks.slack.com./services/T01/B02/",
)


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("key", [KEY, "aB9%5F%2dzq", "%61B9_-zq", "aB9\\_-zq", KEY * 40])
def test_b354_however_its_address_is_written_the_key_of_a_webhook_goes(hook: str, key: str) -> None:
    hidden = without_secrets(f"({hook}{key}), <{hook}{key}?wait=true> and {hook}{key}.")
    assert hidden == f"({hook}[secret]), <{hook}[secret]?wait=true> and {hook}[secret]."
    for begin in ("", "https:", "https://"):
        assert not worth_listing(f"{begin}{hook}{key}")


def test_other_addresses_keep_every_letter() -> None:
    said = "https://discord.com/channels/1/2 and https://a.example/api/webhooks/123/abc"
    assert without_secrets(said) == said
    others = ("notdiscord.com/api/webhooks/1/a", "discord.community/api/webhooks/1/a", "my-hooks.slack.com/x")
    for url in (*others, "app.slack.com/services/T01/B02/abc", "discord.com/developers/docs/webhooks/1/a"):
        assert without_secrets(f"https://{url}") == f"https://{url}"
        assert worth_listing(f"https://{url}")


def test_long_addresses_take_no_longer_for_each_letter() -> None:
    def spent(length: int) -> float:
        url, begin = f"https://a.example/?{'a=%41&' * length}", time.process_time()
        mark(url)
        without_secrets("https://discord.com/api/webhooks/" * length)
        without_secrets("https://hooks.slack.com/services/T/%2F" * length)
        return time.process_time() - begin

    spent(100)
    assert min(spent(8_000) for _ in range(3)) < 6 * min(spent(2_000) for _ in range(3)) + 0.01
