"""A whole evening with all that can go wrong, logged as JSON at every level: nobody's words, and no token."""

from __future__ import annotations

import json
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.process import EIGHT, QUESTIONS, Evening, evening

TOKEN = "a-token-that-nobody-guesses"
WORDS = ("wombat", "echidna", "platypus")
SAID = (
    "A1: {} are {{}} %s %(name)s of ours",
    "!edchat chat next {}",
    '!edchat answer 1 "{}',
    "A2: {}\n\x1b[31m{}",
    "A1: ![{}](https://a.example/{}) ||{}|| <b>{}</b>",
    "!edchat chat plan {}\nQ1: {}\nQ2: {}",
)
"""Things that people say and type, some of them wrong."""


def talk(told: Evening, round_: int) -> None:
    word = WORDS[round_ % len(WORDS)]
    for text in SAID:
        told.say("Zebulon", text.format(*[word] * 9))
    told.types(f"chat preview {word}")
    told.talk_for(0.2)


def ask_with_token(told: Evening) -> int:
    [(base,)] = told.house.rows("SELECT value FROM installation WHERE name = 'address'")
    asked = urllib.request.Request(f"{base}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return int(answer.status)


@pytest.mark.slow
def test_b389_an_evening_with_faults_leaves_no_words_and_no_token_in_the_log(tmp_path: Path) -> None:
    settings = {"EDCHAT_LOG_JSON": "true", "EDCHAT_LOG_LEVEL": "debug", "EDCHAT_METRICS_TOKEN": TOKEN}
    with evening(tmp_path, rate=60) as told:
        told.start(**settings)
        told.talk_until(EIGHT + timedelta(minutes=1))
        for number in range(3):
            talk(told, number)
        assert ask_with_token(told) == 200
        told.limit_files(1)
        for number in range(3):
            talk(told, number)
        told.talk_for(6)
        told.limit_files(-1)
        for number in range(3):
            talk(told, number)
        told.talk_until(EIGHT + timedelta(minutes=30))
        told.house.write("ALTER TABLE filing RENAME TO elsewhere")
        for number in range(3):
            talk(told, number)
        told.talk_for(1)
        told.house.write("ALTER TABLE elsewhere RENAME TO filing")
        told.wait_until_all_is_heard()
        told.stop()
        lines = [json.loads(line) for line in told.log_lines()]
    written = json.dumps(lines)
    faults = {line.get("fault") for line in lines if line["event"] == "not_stored"}
    assert {"StorageFull", "OperationalError"} <= faults
    assert any("trace" in line for line in lines), "nothing was raised that could have quoted anything"
    assert all({"event", "level", "logger", "timestamp"} <= line.keys() for line in lines)
    for secret in (TOKEN, *WORDS, "Zebulon", *QUESTIONS, "number 1"):
        assert secret not in written
