"""Ports for servers that tests start as processes of their own."""

import random
import socket

_CHANCE = random.SystemRandom()


def free_port() -> int:
    """Return a port that nobody listens on, from below those that systems give to callers.

    A port of the callers' range may be somebody's connection by the time its server starts.
    """
    while True:
        port = _CHANCE.randrange(12_000, 32_000)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
