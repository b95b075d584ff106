"""What goes and how: words taken back, retention, the database's bytes, and again after a restore."""
