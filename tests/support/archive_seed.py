"""A community with an archive: a chat that was held, one in its hour, one to come, with made-up words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import update

from bot.core.model import ChatState, Community, Place, Series, Visibility
from bot.core.times.recurrence import parse_recurrence
from bot.markup import render
from bot.storage.schema import tables as t
from bot.storage.store import Store, Tx

NOW: Final = datetime(2026, 11, 22, 22, 25, tzinfo=UTC)
"""Sunday evening: one chat is in its hour, one was held on Tuesday, the next is in two days."""
TOPIC: Final = "Feedback that moves learning, not just grades"
ABOUT: Final = (
    "We mark, they glance at the number, the paper goes in the bag. Questions on feedback students actually"
    " use: when to give it, how to keep it humane for teachers, and what to stop doing."
)
QUESTIONS: Final = (
    "Think of one piece of feedback a student of yours truly used. What made it usable?",
    "Where does your feedback go to die? Name the step where it gets lost.",
    "Peer feedback: what have you put in place so that it is kind, specific and worth the minutes?",
    "You have 30 students and 40 minutes. What is your most humane routine for getting to everyone?",
    "What should we stop doing, starting Monday?",
    "Commit out loud: one change to your feedback before our next chat. Who will you tell?",
)
AHEAD: Final = (
    "What question has a student asked this term that you still think about?",
    "How long do you wait after asking? How do you know?",
    "Which questions do you plan, and which do you trust to the room?",
    "Who asks the questions in your classroom? Count, if you dare.",
    "Write the first question of your next lesson here. We’ll answer it.",
)
LIVE: Final = (
    "What went better this week than you had feared?",
    "Which lesson would you teach again tomorrow?",
    "Which bit of planning can you drop this week?",
    "Who could watch you teach, kindly?",
    "What do you want to have tried by Friday?",
)
PEOPLE: Final = (
    *("Marisol Vega", "Tom Achterberg", "Dana Whitfield", "Luis Carrasco", "Ifeoma Okafor", "Abena Mensah"),
    *(
        "Oskar Nowak",
        "Samir Haddad",
        "Rosa Delgado",
        "Priya Raman",
        "Ken Sato",
        "Grace Whelan",
        "Mei-Ling Hsu",
    ),
    *("Hannah Lindqvist", "Noor El-Amin", "Bill Kowalczyk", "Zoë Ångström", "Aoife Ní Bhriain", "Đorđe Ilić"),
    *(
        "Fatou Ndiaye",
        "Juno Park",
        "Mateus Prado",
        "Leila Farahani",
        "Anders Holm",
        "Chidi Obi",
        "Wren Tanaka",
    ),
)
_OPENINGS: Final = (
    *("In my grade 7 class,", "Last term", "Honestly,", "With the older ones,", "After years of trying,", ""),
    *(
        "Since our team agreed on it,",
        "On Mondays",
        "In the lab,",
        "For my English learners",
        "Small thing, but",
    ),
)
_MIDDLES: Final = (
    *("one question on the draft did more than a page of margin notes", "I hold the mark back for two days"),
    *("they choose which sentence I comment on", "we begin with ten minutes of fixing one thing"),
    *("I talk for forty seconds each while I walk to the bus", "sentence stems stay up for the first month"),
    *(
        "a finished example from last year shows what better looks like",
        "the rubric has three rows and one blank",
    ),
    *("the presenter stays silent for four minutes", "I get to ten people, three days running"),
    *(
        "the class names the moves they heard before anybody judges",
        "a sticky note says what they want to know",
    ),
)
_ENDS: Final = (
    *(
        "and they start on it within a minute.",
        "so the conversation is not over before it begins.",
        "and it shows.",
    ),
    *(
        "which nobody had ever done with my margin notes.",
        "and I sleep better for it.",
        "though it was loud at first.",
    ),
    *(
        "and the parents asked why we had not done it before.",
        "because the repair is the lesson.",
        "every time.",
    ),
    *(
        "and it takes me twenty minutes for a set of thirty.",
        "but only when I let it wobble.",
        "and then we move on.",
    ),
)
_REPLIES: Final = (
    *(
        "Stealing that for tomorrow.",
        "How do families take that?",
        "Same here, and it took me years to learn.",
    ),
    *(
        "Do you script it or let it wobble?",
        "Deal. Thursday coffee, bring proof.",
        "With older students too?",
    ),
)
_LIVELY: Final = (58, 63, 71, 55, 62, 38)
_LINKS: Final = (
    "https://classroomcraft.example/two-stars",
    "https://northbankhigh.example/delay-the-grade",
    "https://protocols.example/tuning",
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What was sown; chats by id."""

    community: Community
    series: Series
    other: Series
    places: tuple[Place, ...]
    held: int
    earlier: int
    live: int
    ahead: int
    after_that: int
    cancelled: int


async def sow(
    store: Store, *, answers: int = 360, now: datetime = NOW, visibility: Visibility = Visibility.PUBLIC
) -> Archive:
    """Fill a store: two weekly chats, one held with so many answers, one in its hour, others to come."""
    async with store.begin() as tx:
        sower = Sower(tx, now, Random(answers))
        archive = await sower.everything(answers, visibility)
        await tx.give_addresses()
    async with store.read() as tx:
        community = await tx.community(archive.community.id)
        series = await tx.series(archive.series.id)
        other = await tx.series(archive.other.id)
    return Archive(community, series, other, *(getattr(archive, name) for name in Archive.__slots__[3:]))


@dataclass(slots=True)
class Sower:
    """Puts rows into one transaction."""

    tx: Tx
    now: datetime
    random: Random

    async def everything(self, answers: int, visibility: Visibility) -> Archive:
        """The whole archive."""
        community = await self.tx.add_house("The Commons PLN", "America/New_York")
        room = next(
            p for p in await self.tx.places_of_community(community.id) if p.id != community.hosts_place_id
        )
        lodge = await self.tx.add_place(community.id, "discord", "900", "edchat")
        await self.tx.connection.execute(update(t.place).values(openness="public"))
        await self.tx.join_secret(room.id)
        people = await self.people()
        places = (room, lodge)
        series = await self.series(
            community, "Weeknight Inquiry", "#inquirychat", "every Tuesday 20:00", visibility, places
        )
        other = await self.series(
            community, "First Years", "#firstyears", "every Sunday 17:00", visibility, places
        )
        held = await self.held(series, self.at(-5, 20), TOPIC, QUESTIONS, answers, people, places)
        earlier = await self.held(
            series,
            self.at(-12, 20),
            "Cold calls, warm calls, and who we never hear",
            QUESTIONS[:4],
            24,
            people,
            places,
        )
        live = await self.live(other, people, places)
        ahead = await self.chat(series, self.at(2, 20), "Questions worth staying in for", ChatState.ANNOUNCED)
        await self.questions(ahead, AHEAD)
        after = await self.chat(series, self.at(9, 20), "", ChatState.PLANNED)
        off = await self.chat(other, self.at(7, 17), "Reports, the first time", ChatState.CANCELLED)
        return Archive(community, series, other, places, held, earlier, live, ahead, after, off)

    def at(self, days: int, hour: int) -> datetime:
        """A time of day in New York, so many days from now."""
        here = self.now.astimezone(ZoneInfo("America/New_York"))
        wall = (here + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        return wall.astimezone(UTC)

    async def people(self) -> tuple[int, ...]:
        """Everybody, each on one network."""
        rows = [{"platform": "browser", "native_id": f"p{k}", "name": name} for k, name in enumerate(PEOPLE)]
        return tuple([await self._add(t.person, **row) for row in rows])

    async def series(
        self,
        community: Community,
        title: str,
        hashtag: str,
        when: str,
        visibility: Visibility,
        places: Sequence[Place],
    ) -> Series:
        """A weekly chat."""
        about = ABOUT if hashtag == "#inquirychat" else ""
        wanted = Series(0, community.id, title, hashtag, visibility=visibility, indexable=True, about=about)
        rule = parse_recurrence(when, "America/New_York", self.now)
        kept = await self.tx.add_series(wanted, places[0].id, [rule], self.now)
        for place in places[1:]:
            await self.tx.connection.execute(
                t.series_place.insert().values(series_id=kept.id, place_id=place.id, accepted_at=self.now)
            )
        return kept

    async def chat(self, series: Series, at: datetime, topic: str, state: ChatState, **values: Any) -> int:
        """One chat of an hour."""
        fields = {
            "series_id": series.id,
            "zone": "America/New_York",
            "starts_at": at,
            "topic": topic,
            "state": state,
        }
        return await self._add(
            t.chat, **fields, ends_at=at + series.length, pace_seconds=480, lead="Marisol Vega", **values
        )

    async def questions(self, chat: int, texts: Sequence[str], asked: Sequence[datetime] = ()) -> list[int]:
        """A chat's questions, of which so many were asked."""
        rows = []
        for k, text in enumerate(texts):
            done = {"state": "asked", "asked_at": asked[k]} if k < len(asked) else {"state": "drafted"}
            rows.append(await self._add(t.question, chat_id=chat, position=k + 1, text=text, **done))
        return rows

    async def held(
        self,
        series: Series,
        at: datetime,
        topic: str,
        texts: Sequence[str],
        answers: int,
        people: Sequence[int],
        places: Sequence[Place],
    ) -> int:
        """A chat that was held and published, in its tail."""
        chat = await self.chat(
            series,
            at,
            topic,
            ChatState.TAIL,
            asked=len(texts),
            told=series.visibility,
            published_at=at + series.length,
        )
        await self._open(chat, places, at, live=False)
        seal = at + timedelta(days=7, hours=1)
        await self._add(t.step, chat_id=chat, kind="seal", ordinal=0, due_at=seal, state="planned")
        asked = [at + timedelta(minutes=4 + 53 * k / len(texts)) for k in range(len(texts))]
        ids = await self.questions(chat, texts, asked)
        await self._add(t.chat_host, chat_id=chat, person_id=people[1], invited_at=at)
        for k in range(answers):
            question = self.random.choices(range(len(texts)), _LIVELY[: len(texts)])[0]
            late = timedelta(days=2) if k % 97 == 96 else timedelta(0)
            said = asked[question] + timedelta(minutes=self.random.gammavariate(2.0, 2.1)) + late
            await self.answer(chat, ids[question], said, people, places, k)
        return chat

    async def live(self, series: Series, people: Sequence[int], places: Sequence[Place]) -> int:
        """A chat in its hour, at its third question."""
        at = self.now - timedelta(minutes=25)
        chat = await self.chat(
            series, at, "The week you had", ChatState.OPEN, asked=3, told=series.visibility
        )
        await self._open(chat, places, at, live=True)
        asked = [at + timedelta(minutes=6 + 8 * k) for k in range(3)]
        ids = await self.questions(chat, LIVE, asked)
        due = asked[-1] + timedelta(minutes=8)
        await self._add(t.step, chat_id=chat, kind="ask", ordinal=4, due_at=due, state="planned")
        for k in range(21):
            said = asked[k // 7] + timedelta(seconds=20 + 25 * (k % 7))
            await self.answer(chat, ids[k // 7], said, people, places, k)
        return chat

    async def answer(
        self, chat: int, question: int, at: datetime, people: Sequence[int], places: Sequence[Place], k: int
    ) -> int:
        """One answer, now and then with a comment below it."""
        place = places[self.random.randrange(len(places))]
        picked = at if k % 61 == 3 else None
        who = self.random.randrange(len(people))
        message = await self.say(
            chat, place, people[who], self.sentence(k), at, "answer", picked_at=picked, by_host=who == 0
        )
        filed = {"message_id": message, "question_id": question, "how": "label", "filed_at": at}
        await self.tx.connection.execute(t.filing.insert().values(**filed))
        for n in range((k % 5 == 2) + (k % 10 == 7)):
            words = self.random.choice(_REPLIES)
            later = at + timedelta(seconds=70 + 50 * n)
            other = people[self.random.randrange(len(people))]
            await self.say(chat, place, other, words, later, "comment", reply_to=f"n{message}")
        return message

    async def say(
        self, chat: int, place: Place, person: int, words: str, at: datetime, kind: str, **values: Any
    ) -> int:
        """One message, ready to be read; its native id is n and its own id."""
        row = {
            "place_id": place.id,
            "chat_id": chat,
            "person_id": person,
            "text": words,
            "kind": kind,
            **values,
        }
        times = {"said_at": at, "heard_at": at, "render_version": 1}
        made = await self._add(
            t.message, **row, **times, platform_message_id=f"?{chat}-{self.random.random()}"
        )
        ready = {"platform_message_id": f"n{made}", "body_html": render(words), "public_id": public_id(made)}
        await self.tx.connection.execute(update(t.message).where(t.message.c.id == made).values(**ready))
        await self.tx.keep_links([(made, render(words))])
        return made

    def sentence(self, k: int) -> str:
        """An answer of one to three sentences, a link in some."""
        pick = self.random.choice
        parts = [
            f"{pick(_OPENINGS)} {pick(_MIDDLES)} {pick(_ENDS)}".strip()
            for _ in range(1 + (k % 7 == 0) + (k % 3 == 0))
        ]
        return " ".join(part[0].upper() + part[1:] for part in parts) + (
            f" {pick(_LINKS)}" if k % 13 == 4 else ""
        )

    async def _open(self, chat: int, places: Sequence[Place], at: datetime, *, live: bool) -> None:
        for place in places:
            row = {"chat_id": chat, "place_id": place.id, "live": live, "opened_at": at}
            await self.tx.connection.execute(t.chat_place.insert().values(**row))

    async def _add(self, table: Any, **values: Any) -> int:
        return await self.tx._add(table, **values)


def public_id(message_id: int) -> str:
    """An id for readers, as opaque as the real ones and the same each time."""
    return f"{message_id * 2654435761 % 2**48:012x}"
