"""The features, each tested by talking to it."""
