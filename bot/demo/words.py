"""What simulated people are called and say: made from parts, and each text says that it is simulated."""

from collections.abc import Sequence
from random import Random
from typing import Final

MODERATOR: Final = "Maya"

_FIRST: Final = (
    *(
        "Ana",
        "Ben",
        "Carla",
        "Dev",
        "Elif",
        "Femi",
        "Grace",
        "Hugo",
        "Ines",
        "Jonas",
        "Kofi",
        "Lena",
        "Marek",
    ),
    *("Nadia", "Omar", "Priya", "Quinn", "Rosa", "Sami", "Tess", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf"),
    *(
        "Zoe",
        "Aldo",
        "Bea",
        "Cyrus",
        "Dora",
        "Emil",
        "Fatou",
        "Gil",
        "Hana",
        "Ivo",
        "Juno",
        "Kira",
        "Luca",
        "Mei",
    ),
)
_LABELS: Final = ("A{k}: ", "A{k}: ", "A{k}: ", "A{k} ", "A{k}. ", "a{k}: ", "A{k}) ", "#A{k} ", "A{k} - ")
_BEGINNINGS: Final = (
    *("Students notice more when", "My class opens up when", "It grows once", "I see the difference when"),
    *("The shift came when", "Quiet students join in when", "It sticks when", "We got further once"),
    *("For my grade 5 group it works when", "In the lab it starts when", "What helps is that"),
)
_ENDINGS: Final = (
    *(
        "they write before they talk",
        "the first idea comes from them",
        "we leave a puzzle on the wall all week",
    ),
    *("I wait ten seconds longer", "they sort each other's work", "a picture comes before the words"),
    *("we go back to the same example twice", "nobody has to be right the first time"),
    *("they explain it to a younger class", "the rubric is theirs", "we plan it as a team"),
)
_TALK: Final = (
    *(
        "Good to see so many of you tonight",
        "Has anybody tried this with a class of thirty?",
        "This goes fast!",
    ),
    *("I need to think about that one", "Taking notes for my department", "Coffee in hand, reading along"),
    *(
        "My students would love this",
        "We had this very talk at lunch today",
        "So many ideas to try on Monday",
    ),
    *("Back from putting the children to bed", "I never thought of it that way", "Does anyone have a link?"),
)
_COMMENTS: Final = (
    *(
        "Yes, the same here",
        "How long does that take you?",
        "I will steal this",
        "That took me years to learn",
    ),
    *(
        "With older students too?",
        "Agreed, and it is fun",
        "Could you say more about it?",
        "My team does this too",
    ),
    *("Love this", "Did the parents notice?", "We tried, and it was loud but good", "Thanks for that"),
)
_HELLOS: Final = (
    *("hello from Ohio, grade 5 science", "here from Leeds, first time", "joining from the kitchen, grade 8"),
    *(
        "high school chemistry, Oregon",
        "instructional coach, happy to be back",
        "K to 2, and tired, but here",
    ),
    *("teacher educator, listening mostly", "hello all, biology in Texas", "physics and robotics, hello"),
)


def names(count: int) -> tuple[str, ...]:
    """The moderator and then as many others as are wanted, each with a name of their own."""
    others = [
        _FIRST[k % len(_FIRST)] + (str(k // len(_FIRST) + 1) if k >= len(_FIRST) else "")
        for k in range(count)
    ]
    return (MODERATOR, *others[: count - 1])


def label(random: Random, question: int) -> str:
    """A label as people write it, as in "A3: "."""
    return random.choice(_LABELS).format(k=question)


def answer(random: Random) -> str:
    """A sentence that answers something."""
    return f"{random.choice(_BEGINNINGS)} {random.choice(_ENDINGS)}."


def talk(random: Random) -> str:
    """A sentence to everybody."""
    return random.choice(_TALK)


def comment(random: Random) -> str:
    """A sentence to somebody who just said something."""
    return random.choice(_COMMENTS)


def hello(random: Random, name: str) -> str:
    """How somebody introduces themselves."""
    return f"{name}, {random.choice(_HELLOS)}"


def marked(text: str, number: int, *, edited: bool = False) -> str:
    """The text with its mark, which makes it like no other and says that nobody wrote it."""
    return f"{text} (simulated {number}{', edited' if edited else ''})"


def series(hashtag: str, when: str, zone: str, minutes: int) -> str:
    """The command with which the moderator sets the weekly chat up."""
    options = f'when="{when}" zone={zone} minutes={minutes} hashtag={hashtag} readers=link'
    return f'series create "{hashtag}" {options}'


def questions(topic: str, texts: Sequence[str]) -> str:
    """The command with which the moderator writes the questions, one a line."""
    return "\n".join([f"chat plan {topic}", *texts])
