"""Long text in parts that a network accepts, cut at paragraphs, lines or words."""

_CUTS = ("\n\n", "\n", ". ", " ")


def chunks(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` characters; cut as late and as gently as possible."""
    parts: list[str] = []
    while len(text) > limit:
        at = _cut(text, limit)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*parts, text]


def _cut(text: str, limit: int) -> int:
    found = (text.rfind(mark, 1, limit) + len(mark) for mark in _CUTS)
    return next((at for at in found if limit // 2 < at <= limit), limit)
