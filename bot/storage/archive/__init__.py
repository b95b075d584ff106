"""What readers may read, and how pages, lists and files ask for it."""
