"""The schema, room by room."""
