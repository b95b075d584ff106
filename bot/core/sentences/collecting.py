"""What stands in a question's thread for an answer that was given elsewhere."""

WITHOUT_NAME = "Somebody"
"""Who gave an answer without a name."""


def copied(name: str, text: str) -> str:
    """An answer with who gave it."""
    return f"**{name}:** {text}"


def linked(name: str) -> str:
    """Who answered, for a thread that shows links alone."""
    return f"**{name}** answered in the channel:"
