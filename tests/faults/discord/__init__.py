"""The shipped bot on a Discord of our own: cut off, refused, killed, and nothing is lost or doubled."""
