"""Pages in other languages than English: German is whole, nothing is left out, no two languages mix."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from bot.core.model import Offer, offered
from bot.core.tongue import Tongue, speaking
from bot.storage.doors.secrets import SecretKind
from bot.storage.outgoing.keeping import shown_offers
from bot.storage.rooms.posts import stored_offers
from bot.storage.rooms.views import offers_of
from bot.storage.store import Store
from bot.web import site as site_module
from bot.web.tongues import tongue_of
from bot.written import CATALOGUES
from tests.support.chromium import CHROMIUM, needs_a_browser
from tests.support.fenced import Fenced, outside
from tests.support.whole_house import WholeHouse, whole_house
from tests.web.room_setting import open_room
from tests.web.test_desk import filled
from tests.web.test_page_looks import pages, swept_house
from tools.tongues import catalogue, languages, sentences

_HOLE: Final = re.compile(r"%\(\w+\)s|\{\w*(?:!r)?(?::[^}]*)?\}")
_SPOKEN: Final = (
    *("aria-label", "title", "alt", "placeholder"),
    *("data-unsaved", "data-left", "data-unsent", "data-lost"),
)
_PEOPLES: Final = (
    "SELECT name FROM person UNION SELECT name FROM community"
    " UNION SELECT about FROM community UNION SELECT title FROM series UNION SELECT about FROM series"
    " UNION SELECT hashtag FROM series UNION SELECT topic FROM chat UNION SELECT text FROM question"
    " UNION SELECT name FROM place UNION SELECT text FROM message UNION SELECT pseudonym FROM consent"
    " UNION SELECT hidden_why FROM message"
)
"""What people wrote and called things, and what no language changes."""
_WRITER: Final = "SELECT person_id FROM message WHERE {}"
_NAMES: Final = re.compile(
    r"https?://\S+|[\w-]+\.example\S*|chat\.\w+|\b(?:[A-Z]\d+|EdChat|UTC|E[DS]?T|WCAG|Atom|JSON(?: Feed)?"
    r"|iCalendar|Markdown|CSV|PDF|Browser|Discord|Matrix|America/New_York|New York|Europe/London|London)\b"
)
"""Names of formats, networks, zones and questions, which are called so in every language."""
_TYPED: Final = ("stud", "nothing whatever")
"""What readers looked for, as titles of windows repeat it."""
_CALLED: Final = (("person", "name"), ("community", "name"), ("series", "title"), ("chat", "lead"))
_RIGHT_TO_LEFT: Final = re.compile(r"قسم \(\w+ \d+\)!")
_SKIPPED: Final = frozenset({"script", "style", "code", "kbd", "textarea"})


@pytest.fixture
async def german(tmp_path: Path) -> AsyncIterator[WholeHouse]:
    async with whole_house(tmp_path) as house:
        await house.pages.change("UPDATE community SET language = 'de'")
        yield house


def test_every_sentence_of_the_pages_has_its_translation() -> None:
    wanted = {one.id for one in sentences() if one.id}
    for language in languages():
        known = {one.id: one.string for one in catalogue(language) if one.id}
        lacking = [one for one in wanted if not all(_forms(known.get(one)))]
        assert lacking == [], f"make tongues, then fill {CATALOGUES / language}"
        assert known.keys() == wanted, "what is said no longer goes from the catalogue"


def test_translations_fill_in_what_the_sentence_does() -> None:
    for language in languages():
        for one in catalogue(language):
            if one.id:
                said, there = (_forms(one.id), _forms(one.string))
                odd = [b for a, b in zip(said, there, strict=True) if _holes(a) != _holes(b)]
                assert odd == [], one.id


async def test_a_community_is_served_in_its_language(german: WholeHouse) -> None:
    at, stranger = german.pages.at, german.readers["stranger"]
    home = (await stranger.get(at())).text
    held = (await stranger.get(at(german.chats["held"]))).text
    assert '<html lang="de">' in home
    assert "Eine Stunde pro Woche mit Lehrkräften" in home
    assert re.search(r"Di\. 24\. Nov\.|Dienstag, 24\. November 2026", home)
    assert "Dienstag, 17. November 2026, 20:00" in held
    assert "8:00 pm" not in held
    lists = home + (await stranger.get(at("archive/"))).text
    assert ">17.\xa0Nov.</time> 6\xa0Fragen, " in lists
    assert ".</time>." not in lists
    assert re.search(r"\d+ Antworten von \d+ Personen\.", held)
    assert 'lang="de"' not in held.split("<main", 1)[1], "people write the language that the page speaks"


async def test_the_times_of_a_weekly_chat_are_told_in_its_community_s_language(german: WholeHouse) -> None:
    text = (await german.readers["stranger"].get(german.pages.at())).text
    assert re.search(r"Jeden \w+tag, \d+:\d\d New York \(ET\)", text), re.findall(r"<small>[^<]*", text)


async def test_a_language_without_a_catalogue_is_english_and_marks_people_s_words(
    german: WholeHouse,
) -> None:
    await german.pages.change("UPDATE community SET language = 'fr'")
    text = (await german.readers["stranger"].get(german.pages.at(german.chats["held"]))).text
    assert '<html lang="en">' in text
    assert '<div class="say" dir="auto" lang="fr">' in text
    assert "Tuesday 17 November 2026, 8:00" in text


async def test_a_room_speaks_its_community_s_language_and_marks_the_bot_s_english(german: WholeHouse) -> None:
    text = (await german.readers["member"].get(f"{german.room}?thread=room")).text
    assert '<html lang="de">' in text
    assert "Wer liest das hier?" in text
    assert '<div class="say" lang="en">' in text
    edit = f"{german.room}?thread=room&edit={german.said['marked']}"
    form = (await german.readers["member"].get(edit)).text
    assert ">Deine Worte</label>" in form
    assert '<button class="solid">Ändern</button>' in form
    door = (await german.readers["stranger"].get(german.links["join"])).text
    assert "Dein Name, wie die anderen ihn sehen" in door


async def test_refusals_of_a_form_are_in_the_language_of_the_page(german: WholeHouse) -> None:
    said = await german.readers["member"].post(f"{german.room}say", {"text": " ", "thread": "room"})
    assert said.status == 422
    assert "darin stehen keine Worte" in said.text


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("21 Nov 2026 8 pm", "stattfindet: Sa., 21. Nov. 2026 ist schon vorbei; wähl"),
        ("the day after 8 pm", "als Datum lesen; schreib es wie"),
        ("24 Nov", "Um wie viel Uhr? Schreib es wie 19:30"),
    ],
)
async def test_what_a_command_refuses_is_in_the_language_of_the_desk(
    german: WholeHouse, to: str, said: str
) -> None:
    settle = f"{german.desk}chat/{german.pages.archive.ahead}/settle"
    answer = await german.readers["host"].post(settle, {"act": "move", "to": to})
    assert answer.status == 422
    [told] = re.findall(r'<div id="said".*?</div>', answer.text, re.DOTALL)
    assert said in told


async def test_times_are_typed_in_the_language_of_the_desk_or_in_english(german: WholeHouse) -> None:
    host, plan = german.readers["host"], f"{german.desk}chat/{german.pages.archive.ahead}/"
    assert "zum Beispiel 3. Dez. 19 Uhr" in (await host.get(plan)).text
    moved = await host.post(f"{plan}settle", {"act": "move", "to": "Samstag, 28. November, 19.30 Uhr"})
    assert "28. Nov. 2026, 19:30" in html.unescape(moved.text)
    moved = await host.post(f"{plan}settle", {"act": "move", "to": "Mon 30 Nov 9:30 pm"})
    assert "30. Nov. 2026, 21:30" in html.unescape(moved.text)
    refused = await host.post(f"{plan}settle", {"act": "move", "to": "neulich um 19 Uhr"})
    assert (refused.status, 'value="neulich um 19 Uhr"' in refused.text) == (422, True)
    why = "'neulich' kann ich nicht als Datum lesen; schreib es wie 2026-12-01, 1. Dez. 2026 oder morgen."
    assert why in html.unescape(refused.text)


async def test_a_weekly_chat_s_times_are_typed_in_the_language_of_its_settings(german: WholeHouse) -> None:
    host, at = german.readers["host"], f"{german.desk}series/{german.pages.archive.series.id}/"
    hint = r'<span class="hint" id="f-when-h">Zum Beispiel: jeden Donnerstag 19 Uhr</span>'
    assert hint in (await host.get(at)).text
    done = await host.post(at, {"p.when": "jeden 1. und 3. Samstag im Monat, 9.15 Uhr"})
    assert "am 1. und 3. Samstag jedes Monats, 09:15" in html.unescape(done.text)


async def test_a_question_that_is_too_long_for_the_desk_is_told_of_with_german_numbers(
    german: WholeHouse,
) -> None:
    plan = f"{german.desk}chat/{german.pages.archive.ahead}/"
    host = german.readers["host"]
    form = filled((await host.get(plan)).text) | {"act": "save", "new": "Wozu? " * 900}
    answer = await host.post(plan, form)
    assert answer.status == 422
    assert re.search(r"Frage(?: 1)? hat \d+\.\d+ Zeichen; höchstens [\d.]+ sind möglich", answer.text)


async def test_a_name_that_is_too_long_is_refused_in_german_where_a_link_or_a_room_is_opened(
    german: WholeHouse,
) -> None:
    web, community = german.pages.web, german.pages.archive.community
    async with web.store.begin() as tx:
        token = await tx.give_secret(SecretKind.HOST, community.id, web.site.clock.real())
    for door in (f"/in/{token}", german.links["join"]):
        answer = await web.stranger().post(door, {"name": "Wilhelmine " * 8})
        assert (answer.status, "Ein Name hat höchstens 40 Zeichen" in answer.text) == (422, True), door


async def test_forms_and_buttons_are_in_the_language_of_the_page_and_the_bot_s_words_in_its_own(
    german: WholeHouse,
) -> None:
    host = german.readers["host"]
    form = (await host.get(f"{german.room}do?line=chat+plan+chat%3D{german.pages.archive.ahead}")).text
    assert "<h1>Einen Chat planen</h1>" in form
    assert re.search(r'<label for="f-questions">Die Fragen, eine je Zeile', form)
    assert '<button class="solid">Plan behalten</button>' in form
    end = (await host.get(f"{german.room}do?line=chat+end+chat%3D{german.pages.archive.live}")).text
    assert '<button class="solid">Ja, die Stunde jetzt beenden</button>' in end
    term = (await host.get(f"{german.desk}series/{german.pages.archive.series.id}/")).text
    assert re.search(r'<label for="f-title">(?!<bdi)', term)
    assert "Wie er heißt" in term
    asked = f"{german.room}?thread=room&answer={german.said['whisper']}"
    room = (await german.readers["member"].get(asked)).text
    assert re.search(r"<button [^>]*>Mich herausnehmen</button>", room)
    assert '<bdi lang="en">Change how you appear</bdi>' in room, "what has no translation says what it is"


async def test_a_chat_as_markdown_is_in_its_community_s_language(german: WholeHouse) -> None:
    text = (await german.readers["stranger"].get(german.pages.at(f"{german.chats['held']}chat.md"))).text
    assert "Moderiert von Marisol Vega" in text
    assert "20:00 ET" in text
    assert "Hosted by" not in text
    assert "([Link](" in text


async def test_feeds_of_links_speak_their_community_s_language(german: WholeHouse) -> None:
    links = (await german.readers["stranger"].get(german.pages.at("resources/feed.atom"))).text
    assert 'xml:lang="de"' in links
    assert re.search(r"hat es unter \w+ von .+ geteilt", links)
    weeks = (await german.readers["stranger"].get(german.pages.at("resources/digest.atom"))).text
    assert re.search(r"<title>Links vom \w+\., \d+\. Nov\. 2026 bis ", weeks)


async def test_what_the_bot_says_in_a_chat_is_english_whoever_asks_from_which_page(
    german: WholeHouse,
) -> None:
    given = {"line": f"chat announce chat={german.pages.archive.ahead}", "once": "announce", "page": ""}
    answer = await german.readers["host"].post(f"{german.desk}do", given)
    [told] = re.findall(r'<div id="said".*?</div>', answer.text, re.DOTALL)
    assert "Di., 24. Nov. 2026, 20:00 ET, 60 Minuten." in told, "a host passes that on in their language"
    assert "lang=" not in told
    ends = {"line": f"chat cancel chat={german.pages.archive.ahead} sure=yes", "once": "end", "page": ""}
    assert (await german.readers["host"].post(f"{german.desk}do", ends)).status == 200
    report = german.pages.at(f"a/{german.answers['marked']}/report")
    assert "eine Antwort auf Q" in (await german.readers["stranger"].get(report)).text
    assert (await german.readers["stranger"].post(report, {"reason": "Why?"})).status == 200
    said = " ".join(await _column(german, "SELECT payload FROM outbox"))
    assert "on Tue 24 Nov 2026, 8:00 pm ET is cancelled" in said
    assert "A reader reports an answer to Q" in said
    assert "Antwort" not in said


@pytest.mark.parametrize(
    ("line", "said", "language"),
    [
        ("series list", "Nächster Termin Di., 24. Nov. 2026", []),
        ("series pause nothing", "nothing", []),
        ("privacy export", "edchat-own-words", [' lang="en"']),
    ],
)
async def test_what_the_desk_answers_is_german_or_says_that_it_is_not(
    german: WholeHouse, line: str, said: str, language: list[str]
) -> None:
    answer = await german.readers["host"].post(f"{german.desk}do", {"line": line, "once": line, "page": ""})
    [told] = re.findall(r'<div id="said"[^>]*>(.*?)</div>', answer.text, re.DOTALL)
    assert said in html.unescape(told)
    assert re.findall(r' lang="\w+"', told) == language


async def test_two_communities_in_two_languages_do_not_mix(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        own = house.pages.archive.community
        async with house.pages.web.store.begin() as tx:
            other = await tx.add_house("Deutsche Schulen", "Europe/Berlin", "de")
        reader = house.readers["stranger"]
        paths = ["", "archive/", "upcoming/", "about/", "privacy/", "feeds/", "search", "resources/"]
        asked = [f"/{slug}/{path}" for path in paths * 3 for slug in (own.slug, other.slug)]
        got = await asyncio.gather(*(reader.get(path) for path in asked))
        for path, page in zip(asked, got, strict=True):
            language = "de" if path.startswith(f"/{other.slug}/") else "en"
            assert f'<html lang="{language}">' in page.text, path
            assert ("Barrierefreiheit" in page.text) == (language == "de"), path


async def test_no_word_of_a_page_is_left_untranslated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fenced(language: str) -> Tongue:
        return Fenced() if language == "de" else tongue_of(language)

    monkeypatch.setattr(site_module, "tongue_of", fenced)
    async with swept_house(tmp_path) as house:
        await house.pages.change("UPDATE community SET language = 'de'")
        words = sorted({*filter(None, await _column(house, _PEOPLES)), *_TYPED}, key=len, reverse=True)
        bare: dict[str, set[str]] = {}
        for who, paths in pages(house).items():
            for path in paths:
                page = await house.readers[who].get(path)
                bare[path] = {one for text in _outside(page.text) if (one := _bare(text, words))}
        assert {path: left for path, left in bare.items() if left} == {}


def _outside(page: str) -> Iterator[str]:
    """What stands on a page beside sentences of its language."""
    body = html5lib.parse(page, namespaceHTMLElements=False)
    yield from outside(_texts(body))


def _texts(element: Element) -> Iterator[str]:
    """Its words in order; what people and the bot say, which says so by `lang` or its class, is left out."""
    said = element.get("class") in ("say", "l") or element.get("dir") == "auto" or element.get("lang") == "en"
    if not (said or callable(element.tag) or element.tag in _SKIPPED):
        yield from (element.get(name, "") for name in _SPOKEN)
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""


def _bare(text: str, words: list[str]) -> str:
    """What is left of a text without names, words of people, and signs."""
    text = "" if text.endswith("…") and any(one.startswith(text.strip(" …")) for one in words) else text
    for one in words:
        text = text.replace(one, " ")
    text = _NAMES.sub(" ", text)
    return " ".join(text.split()) if re.search(r"[^\W\d_]{2}", text) else ""


def _forms(said: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (said or "",) if said is None or isinstance(said, str) else tuple(said)


def _holes(said: str) -> list[str]:
    return sorted(_HOLE.findall(said))


async def _column(house: WholeHouse, query: str) -> list[str]:
    store: Store = house.pages.web.store
    async with store.read() as tx:
        return [row[0] for row in await tx.connection.exec_driver_sql(query)]


async def test_people_write_from_right_to_left_beside_others(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        held = house.chats["held"]
        said = f"public_id = '{house.answers['marked']}'"
        await house.pages.change(f"UPDATE message SET body_html = '<p>שלום Ana, 3 ideas!</p>' WHERE {said}")
        await house.pages.change(
            f"UPDATE person SET name = 'ליאת (Room 4)' WHERE id = ({_WRITER.format(said)})"
        )
        await house.pages.change("UPDATE chat SET topic = 'ما الذي نجح؟ Q&A', version = version + 1")
        page = (await house.readers["stranger"].get(house.pages.at(held))).text
        body = html5lib.parse(page, namespaceHTMLElements=False)
        assert '<div class="say" dir="auto"><p>שלום Ana, 3 ideas!</p></div>' in page
        assert "<bdi>ליאת (Room 4)</bdi>" in page
        assert '<h1 dir="auto">ما الذي نجح؟ Q&amp;A</h1>' in page
        for name in (".//h1", ".//h2[@id='q1h']", ".//div[@class='say']"):
            assert [one.get("dir") for one in body.findall(name)][:1] == ["auto"], name
        assert all("ליאת" not in (one.tail or "") for one in body.iter()), "a name stands by itself"


async def test_wherever_a_name_from_right_to_left_stands_it_stands_by_itself(tmp_path: Path) -> None:
    """Else its signs jump to its other end, and those of the sentence around it."""
    async with swept_house(tmp_path) as house:
        for table, column in _CALLED:
            await house.pages.change(f"UPDATE {table} SET {column} = 'قسم ({table} ' || id || ')!'")
        found = set[str]()
        for reader, paths in pages(house).items():
            for path in paths:
                page = (await house.readers[reader].get(path)).text
                body = html5lib.parse(page, namespaceHTMLElements=False).find("body")
                found |= {f"{path}: {one}" for one in _mixed(body)}
        assert sorted(found) == []


def test_a_name_beside_other_words_is_found() -> None:
    mixed = '<p dir="auto">With قسم (chat 1)!</p><li><a>قسم (chat 2)!</a>, yes</li>'
    alone = '<p>With <bdi>قسم (chat 1)!</bdi></p><a dir="auto"><svg></svg> قسم (chat 2)!</a>'
    for page, count in ((mixed, 2), (alone, 0)):
        assert len(list(_mixed(html5lib.parse(page, namespaceHTMLElements=False)))) == count


def _mixed(element: Element, alone: Element | None = None) -> Iterator[str]:
    """Names that other words stand beside, in what keeps nothing apart; what people wrote is theirs."""
    if callable(element.tag) or element.tag in ("script", "style") or element.get("class") == "say":
        return
    alone = element if element.tag == "bdi" or element.get("dir") == "auto" else alone
    for text in (element.text or "", *(child.tail or "" for child in element)):
        inside = "".join(alone.itertext()).strip() if alone is not None else ""
        if _RIGHT_TO_LEFT.search(text) and not _RIGHT_TO_LEFT.fullmatch(inside):
            yield f"<{element.tag}> {' '.join(text.split())}"
    for child in element:
        yield from _mixed(child, alone)


@pytest.mark.slow
@needs_a_browser
async def test_german_pages_have_no_barrier(german: WholeHouse) -> None:
    paths = ["", german.chats["held"], "archive/", "search?q=stud", "upcoming/", "privacy/"]
    urls = [f"{german.pages.web.base}{german.pages.at(path)}" for path in paths]
    assert await asyncio.to_thread(_barriers, urls) == []


def _barriers(urls: list[str]) -> list[str]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        found = []
        for url in urls:
            page.goto(url)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found += [f"{url} is too wide"] if wide else []
            for one in Axe().run(page).response["violations"]:
                found.append(f"{url}: {one['id']}")
        browser.close()
    return found


def test_a_button_with_a_name_or_a_date_on_it_is_said_again_in_the_language_of_its_page() -> None:
    skip = offered("Skip {day}", "series skip 2026-11-24", day="2026-11-24")
    named = offered("This is {question}", "question adopt 1 meant=2", question="F2")
    through_outbox = [Offer(*one) for one in json.loads(json.dumps(shown_offers([skip, named])))]
    assert [one.label for one in through_outbox] == ["Skip Tue 24 Nov", "This is F2"]
    in_room = offers_of(json.loads(json.dumps(stored_offers(through_outbox))))
    with speaking(tongue_of("de")):
        assert [one.said() for one in in_room] == ["Di., 24. Nov. auslassen", "Das ist F2"]
        assert Offer("Preview", "chat preview").said() == "Vorschau"


_NOES: Final = {
    "chat extend soon": "minutes: 'soon' kann ich nicht als Dauer lesen",
    "xyzzy": 'Einen Befehl "xyzzy" kenne ich nicht; `!edchat help` zeigt, was du tun kannst.',
    "chat xyzzy": "`!edchat chat now` oder `!edchat chat remind`?",
    "question edit 99 Wozu?": 'Eine Frage "99" gibt es nicht; schreib eine Zahl von 1 bis 3',
    "question reorder 9": "in deiner Reihenfolge, wie in `!edchat question reorder",
    "chat extend 5 --chat=2020-01-01": "Am Mi., 1. Jan. 2020 ist hier kein Chat",
    "chat skip 1": "Q1 wartet nicht darauf, gestellt zu werden; `!edchat chat preview` zeigt",
    "chat pause soon now": "So geht es: chat pause",
    "answer 1": "Mir fehlt noch text",
}


_ANSWERS: Final = {
    "privacy name Wölkchen": "Leser sehen dich jetzt als Wölkchen; `!edchat privacy name` allein",
    "privacy name": "Leser sehen wieder deinen eigenen Namen.",
    "privacy exclude": "`!edchat privacy include` bist du wieder dabei",
    "privacy include": "Von jetzt an werden deine Worte wieder aufbewahrt",
    "series pause": "Bis `!edchat series resume` wird nichts angekündigt",
    "help chat end": "Das lässt sich nicht rückgängig machen.",
    "chat preview": "Abschluss",
    "chat now": "Noch ",
    "series list": "Pausiert.",
    "archive search homework": "Thema: Homework",
    "resource list": "Links",
    "question add Wozu?": "Als Q4 hinzugefügt; der Chat hat jetzt 4 Fragen.",
    "privacy show": "Leser sehen dich als",
    "archive visibility": "Alle können seine Chats danach lesen.",
    "room people": "Moderation: ",
    "": "nimm <em>Antworten</em>, schreib in ihren Thread",
    "chat extend 2 Minuten": "Diese Frage hat Zeit bis",
    "chat end sure=yes": "Der Chat endet jetzt; späte Antworten zählen noch.",
}


@pytest.mark.slow
async def test_what_one_person_is_told_in_a_room_is_in_the_language_of_its_page(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        async with room.house.store.begin() as tx:
            await tx.connection.exec_driver_sql("UPDATE community SET language = 'de'")
        shown_at = room.at
        for line, said in _NOES.items():
            page = await room.presses(room.host, line)
            shown_at = page.path
            [note] = re.findall(r'data-reply="[^"]*">.*?<div class="say"(.*?)</div>', page.text, re.DOTALL)
            shown = html.unescape(note.replace("<code>", "`").replace("</code>", "`"))
            assert said in shown, line
            assert "lang=" not in shown, line
        for line, said in _ANSWERS.items():
            page = await room.presses(room.host, line)
            [note] = re.findall(r'data-reply="[^"]*">.*?<div class="say"(.*?)</div>', page.text, re.DOTALL)
            shown = html.unescape(note.replace("<code>", "`").replace("</code>", "`"))
            assert said in shown, line
            assert "lang=" not in shown, line
        filled_in = {"command": "chat extend", "p.minutes": "soon", "p.chat": str(room.chat_id)}
        form = await room.host.post(f"{room.at}do", filled_in)
        [why] = re.findall(r'<p class="no"([^>]*>.*?)</p>', form.text)
        assert (form.status, "lang=" in why) == (422, False)
        assert "kann ich nicht als Dauer lesen" in why
        async with room.house.store.begin() as tx:
            await tx.connection.exec_driver_sql("UPDATE community SET language = 'en'")
        again = (await room.host.get(shown_at)).text
        assert '<div class="say" lang="de">' in again, "what was said before says in which language"
