"""Times as people write, repeat and read them: rules, zones, lengths, dates."""
