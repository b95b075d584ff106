"""The index that search asks: words of answers, questions and topics, kept in step by the database itself."""

from collections.abc import Iterator
from string import Template

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Thai, Lao, Tibetan, Burmese, Khmer, Japanese and Chinese: no space stands between words.
_UNSPACED = (
    "*[\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]*"
)
_PIECES = {
    # The minute in which the chat begins, what it is an entry of, and of which kind that is: so entries of a
    # chat stand together, the newest chat's last, and a span of time is a span of ids.
    "minute": "(max(0, min(67108863, CAST(strftime('%s', chat.starts_at) AS INTEGER) / 60)) << 37)",
    "old_minute": "(max(0, min(67108863, CAST(strftime('%s', OLD.starts_at) AS INTEGER) / 60)) << 37)",
    "message": "(message.id << 2)",
    "question": "(question.id << 2 | 1)",
    "topic": "(chat.id << 2 | 2)",
    "series": "'s' || chat.series_id || ' h' || chat.id"
    " || (SELECT ' c' || series.community_id FROM series WHERE series.id = chat.series_id)",
    "scope": "$series || coalesce(' p' || message.person_id, '')"
    " || CASE WHEN instr(message.text, '://') THEN ' link' ELSE '' END"
    " || coalesce((SELECT group_concat(' q' || question.position, '') FROM filing"
    " JOIN question ON question.id = filing.question_id WHERE filing.message_id = message.id), '')",
    "unspaced": f"'{_UNSPACED}'",
    # What is erased goes out of the index at once, and out of its bytes soon: this says that there is some.
    "erased": "INSERT INTO installation (name, value) SELECT 'search_erased', '1'"
    " WHERE NOT EXISTS (SELECT 1 FROM installation WHERE name = 'search_erased')",
}
_TABLES = {
    "search": "fts5(chat UNINDEXED, scope, words, prefix='3', tokenize='unicode61 remove_diacritics 2')",
    "search_term": "fts5vocab(search, instance)",
    "search_glyph": "fts5(chat UNINDEXED, words, tokenize='trigram')",
}
_MESSAGES = """
    SELECT $minute | $message AS entry, chat.id AS chat, $scope AS scope, message.text AS said
    FROM message JOIN chat ON chat.id = message.chat_id
    WHERE message.kind IN ('answer', 'comment') AND message.text != '' AND NOT chat.rehearsal
    AND message.body_html IS NOT NULL AND message.public_id IS NOT NULL
    AND message.deleted_at IS NULL AND message.hidden_at IS NULL
"""
_QUESTIONS = """
    SELECT $minute | $question AS entry, chat.id AS chat,
        $series || ' q' || question.position AS scope, question.text AS said
    FROM question JOIN chat ON chat.id = question.chat_id
    WHERE question.state = 'asked' AND question.asked_at IS NOT NULL AND NOT chat.rehearsal
"""
_TOPICS = """
    SELECT $minute | $topic AS entry, chat.id AS chat,
        $series AS scope, chat.topic AS said
    FROM chat WHERE chat.topic != '' AND NOT chat.rehearsal
"""
_TRIGGERS = (
    *("search_message_made", "search_message_changed", "search_message_gone"),
    *("search_filed", "search_refiled", "search_unfiled"),
    *("search_question_made", "search_question_changed", "search_question_gone"),
    *("search_chat_made", "search_chat_changed", "search_chat_gone"),
)


def upgrade() -> None:
    """Apply this step."""
    run = op.get_bind().exec_driver_sql
    for name, made in _TABLES.items():
        run(f"CREATE VIRTUAL TABLE {name} USING {made}")
    for statement in (*_put(_MESSAGES, "true"), *_put(_QUESTIONS, "true"), *_put(_TOPICS, "true")):
        run(statement)
    for made in (*_messages(), *_filings(), *_questions(), *_chats()):
        run(made)


def downgrade() -> None:
    """Take this step back."""
    run = op.get_bind().exec_driver_sql
    for name in _TRIGGERS:
        run(f"DROP TRIGGER {name}")
    for name in ("search_term", "search_glyph", "search"):
        run(f"DROP TABLE {name}")
    run("DELETE FROM installation WHERE name = 'search_erased'")


def _messages() -> Iterator[str]:
    named = "text", "public_id", "kind", "chat_id", "person_id", "deleted_at", "hidden_at"
    differs = " OR ".join(f"NEW.{one} IS NOT OLD.{one}" for one in named)
    # Words that are drawn anew, as with another name in them, are the same words.
    drawn = "(NEW.body_html IS NULL) != (OLD.body_html IS NULL)"
    shown = "(OLD.body_html IS NOT NULL OR NEW.body_html IS NOT NULL)"
    changed = f"UPDATE OF {', '.join(named)}, body_html ON message WHEN {shown} AND ({drawn} OR {differs})"
    put = _put(_MESSAGES, "message.id = NEW.id")
    out = _out("SELECT $minute | (OLD.id << 2) FROM chat WHERE chat.id = OLD.chat_id")
    yield _trigger("search_message_made", "INSERT ON message WHEN NEW.body_html IS NOT NULL", *put)
    yield _trigger("search_message_changed", changed, *out, "$erased AND OLD.body_html IS NOT NULL", *put)
    yield _trigger("search_message_gone", "DELETE ON message WHEN OLD.body_html IS NOT NULL", *out, "$erased")


def _filings() -> Iterator[str]:
    """Under which questions words are filed: most are filed before they are shown, and cost nothing here."""
    doings = (
        ("search_filed", "INSERT", "NEW"),
        ("search_refiled", "UPDATE", "NEW"),
        ("search_unfiled", "DELETE", "OLD"),
    )
    for name, doing, row in doings:
        here = (
            "FROM message JOIN chat ON chat.id = message.chat_id"
            f" WHERE message.id = {row}.message_id AND message.body_html IS NOT NULL"
        )
        change = (
            "UPDATE search SET scope = (SELECT $scope $here) WHERE rowid = (SELECT $minute | $message $here)"
        )
        yield _trigger(name, f"{doing} ON filing", _sql(change, here=here))


def _questions() -> Iterator[str]:
    put = _put(_QUESTIONS, "question.id = NEW.id")
    out = _out("SELECT $minute | (OLD.id << 2 | 1) FROM chat WHERE chat.id = OLD.chat_id")
    changed = "UPDATE OF text, state, asked_at, position, chat_id ON question"
    yield _trigger("search_question_made", "INSERT ON question WHEN NEW.asked_at IS NOT NULL", *put)
    yield _trigger("search_question_changed", changed, *out, "$erased AND OLD.asked_at IS NOT NULL", *put)
    yield _trigger(
        "search_question_gone", "DELETE ON question WHEN OLD.asked_at IS NOT NULL", *out, "$erased"
    )


def _chats() -> Iterator[str]:
    """A chat takes all its entries with it when it is moved."""
    named = "starts_at", "series_id", "rehearsal", "topic"
    differs = " OR ".join(f"NEW.{one} IS NOT OLD.{one}" for one in named)
    topic = _put(_TOPICS, "chat.id = NEW.id")
    own = _out("$old_minute | (OLD.id << 2 | 2)")
    out = (
        *_out("SELECT $old_minute | $message FROM message WHERE message.chat_id = OLD.id"),
        *_out("SELECT $old_minute | $question FROM question WHERE question.chat_id = OLD.id"),
    )
    put = (*_put(_MESSAGES, "chat.id = NEW.id"), *_put(_QUESTIONS, "chat.id = NEW.id"))
    erased = "$erased AND OLD.topic IS NOT NEW.topic"
    changed = f"UPDATE OF {', '.join(named)} ON chat WHEN {differs}"
    yield _trigger("search_chat_made", "INSERT ON chat WHEN NEW.topic != ''", *topic)
    yield _trigger("search_chat_changed", changed, *own, *out, erased, *topic, *put)
    yield _trigger("search_chat_gone", "DELETE ON chat WHEN OLD.topic != ''", *own, "$erased")


def _put(entries: str, which: str) -> tuple[str, ...]:
    """Write entries, those of languages without spaces into both indexes."""
    these = f"{entries} AND {which}"
    glyphs = "SELECT entry, chat, said FROM ($these) WHERE said GLOB $unspaced"
    return (
        _sql("INSERT INTO search (rowid, chat, scope, words) $these", these=these),
        _sql(f"INSERT INTO search_glyph (rowid, chat, words) {glyphs}", these=these),
    )


def _out(entries: str) -> tuple[str, ...]:
    """Take entries out of both indexes."""
    return tuple(
        _sql("DELETE FROM $index WHERE rowid IN ($entries)", index=index, entries=entries)
        for index in ("search", "search_glyph")
    )


def _trigger(name: str, when: str, *statements: str) -> str:
    return _sql(f"CREATE TRIGGER {name} AFTER {when} BEGIN {'; '.join(statements)}; END")


def _sql(text: str, **pieces: str) -> str:
    """A statement of pieces, which may be made of pieces themselves."""
    while "$" in text:
        text = Template(text).substitute(_PIECES, **pieces)
    return text
