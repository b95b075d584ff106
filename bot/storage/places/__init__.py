"""Places of a community on its networks, and who shares them."""
