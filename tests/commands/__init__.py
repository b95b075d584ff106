"""Commands, typed and given part by part."""
