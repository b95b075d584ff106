"""What tests stand on: a clock that leaps, and rooms to talk in."""
