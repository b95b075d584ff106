"""Everything that is kept, as rows that leave one installation and come into another."""
