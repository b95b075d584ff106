"""Time zones as people name them."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.times.zone_names import AT_OFFSET, CALLED, FIXED, MANY, SHORT
from bot.core.times.zones import find_zone, known_zone, parse_zone, zone_info, zone_words, zones_like
from tests.support.bad_inputs import case


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Eastern", "America/New_York"),
        ("eastern time", "America/New_York"),
        ("CT", "America/Chicago"),
        ("Mountain", "America/Denver"),
        ("PT", "America/Los_Angeles"),
        ("UK", "Europe/London"),
        ("London", "Europe/London"),
        ("New York", "America/New_York"),
        ("new york time", "America/New_York"),
        ("Boston", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("louisville", "America/Kentucky/Louisville"),
        ("US/Eastern", "America/New_York"),
        ("Kiev", "Europe/Kyiv"),
    ],
)
def test_a_habit_or_city_is_taken_and_said(said: str, name: str) -> None:
    zone = parse_zone(said)
    assert zone.name == name
    assert zone.said == f"{said} taken as {name}."


@pytest.mark.parametrize(
    "said", ["America/New_York", "america/new york", "AMERICA/NEW_YORK", " America/New_York "]
)
def test_the_name_itself_needs_no_remark(said: str) -> None:
    assert (parse_zone(said).name, parse_zone(said).said) == ("America/New_York", None)


def test_b036_est_is_refused_with_an_offer() -> None:
    with pytest.raises(Refused, match="EST stands still when summer time begins; write America/New_York"):
        parse_zone(case("B036").input)


def test_b037_et_is_new_york_and_says_so() -> None:
    assert parse_zone(case("B037").input).said == "ET taken as America/New_York."


def test_b038_cst_is_several_places() -> None:
    with pytest.raises(Refused, match="America/Chicago, Asia/Shanghai or America/Havana"):
        parse_zone(case("B038").input)


def test_b040_an_offset_is_not_a_place() -> None:
    with pytest.raises(Refused, match="offset, not a place; write a place such as Asia/Karachi"):
        parse_zone(case("B040").input)


@pytest.mark.parametrize(
    ("said", "place"), [("UTC-5", "New_York"), ("+05:30", "Kolkata"), ("gmt+0", "London")]
)
def test_offsets_suggest_fitting_places(said: str, place: str) -> None:
    with pytest.raises(Refused, match=place):
        parse_zone(said)


def test_b041_the_turned_sign_is_explained() -> None:
    zone = parse_zone(case("B041").input)
    assert zone.name == "Etc/GMT+5"
    assert zone.said == "Etc/GMT+5 means UTC-05:00 all year, without summer time."


@pytest.mark.parametrize(("name", "near"), [("B044", "America/New_York"), ("B050", "America/Los_Angeles")])
def test_a_near_miss_is_met_with_the_right_name(name: str, near: str) -> None:
    with pytest.raises(Refused, match=f"did you mean {near}"):
        parse_zone(case(name).input)


@pytest.mark.parametrize("name", ["B047", "B048", "B054"])
def test_what_is_no_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(Refused, match="name a city, such as New York"):
        parse_zone(case(name).input)


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/localtime", "localtime", "Factory", "US/Pacific-New", ""]
)
def test_rules_are_never_looked_for_outside_the_database(path: str) -> None:
    assert not known_zone(path)
    with pytest.raises(Refused, match="no longer known"):
        zone_info(path)


def test_b051_an_old_name_is_taken_as_the_new_one() -> None:
    zone = parse_zone(case("B051").input)
    assert (zone.name, zone.said) == ("Asia/Kolkata", "Asia/Calcutta taken as Asia/Kolkata.")


def test_b053_without_a_zone_the_community_decides_or_is_asked() -> None:
    assert parse_zone("", "Europe/Berlin").name == "Europe/Berlin"
    with pytest.raises(Refused, match="Which time zone"):
        parse_zone("  ")


def test_an_overlong_zone_is_refused_by_its_length() -> None:
    with pytest.raises(Refused, match="61 characters"):
        parse_zone("x" * 61)


def test_find_zone_is_quiet_about_strangers() -> None:
    assert find_zone("tomorrow") is None


def test_the_short_name_follows_where_there_is_one() -> None:
    assert zone_words("America/New_York") == "New York (ET)"
    assert zone_words("Europe/Berlin") == "Berlin"


def test_every_name_in_our_tables_is_in_the_database() -> None:
    named = {*CALLED.values(), *SHORT}
    named.update(name for table in (FIXED, MANY, AT_OFFSET) for names in table.values() for name in names)
    assert {name for name in named if not known_zone(name)} == set()


def test_our_old_names_mean_what_the_database_says() -> None:
    lines = files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text().splitlines()
    links = {line.split()[2]: line.split()[1] for line in lines if line.startswith("L ")}
    ours = {link: CALLED[key] for link in links if (key := link.casefold().replace("/", "_")) in CALLED}
    assert len(ours) > 50
    # Iceland keeps Greenwich time and Amsterdam the time of Brussels, but people there name their own city.
    assert {link: name for link, name in ours.items() if links[link] != links.get(name, name)} == {}


@given(st.text(max_size=70))
def test_any_text_is_a_known_zone_or_kindly_refused(text: str) -> None:
    try:
        zone = parse_zone(text, "UTC")
    except Refused:
        return
    assert known_zone(zone.name)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("boston", "America/New_York"),
        ("Lon", "Europe/London"),
        ("new y", "America/New_York"),
        ("berl", "Europe/Berlin"),
    ],
)
def test_a_zone_is_offered_by_what_people_call_it(typed: str, first: str) -> None:
    assert zones_like(typed)[0] == first


def test_only_zones_of_the_database_are_offered() -> None:
    assert all(known_zone(name) for name in zones_like(""))
    assert zones_like("nowhere at all") == ()
