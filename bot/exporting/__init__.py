"""Copies of the archive that need no bot: as files to read, as a bundle to import, as one chat's file."""
