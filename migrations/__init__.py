"""How the schema came to be, one step at a time; a shipped step is never edited."""
