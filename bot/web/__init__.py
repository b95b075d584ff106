"""The web pages: the browser rooms, the live view, the archive, and all that stands before them."""
