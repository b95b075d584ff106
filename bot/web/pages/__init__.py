"""The pages that people read: one file for each kind."""
