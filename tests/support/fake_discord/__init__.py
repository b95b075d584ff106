"""A small real Discord on 127.0.0.1: REST and gateway over sockets, its world in memory."""
