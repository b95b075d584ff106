"""The pure rooms, each tested by itself."""
