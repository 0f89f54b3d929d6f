"""Ports for servers of the tests: no two tests get the same, and the kernel gives none of them away."""

import errno
import os
import socket
from itertools import count

# Below the ports that the kernel takes for connections and for servers that name none.
FIRST, LAST = 12_000, 32_000
# Tests run in several processes at once; each counts from a place of its own.
_numbers = count(os.getpid() * 50 % (LAST - FIRST))


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    while True:
        port = FIRST + next(_numbers) % (LAST - FIRST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
