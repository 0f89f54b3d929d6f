"""Ask a unix socket for a path over HTTP; exit 0 on 200. Imports little, to start in 20 ms.

python -SI web/check.py /run/web/a.sock /livez
"""

import socket
import sys

TIMEOUT_SECONDS = 3


def answers(path: str, address: str) -> bool:
    """Given a socket's path and an address, tell whether a GET of it answers 200 in time."""
    request = f"GET {address} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(path)
            connection.sendall(request)
            return connection.recv(64).split(b" ", 2)[1:2] == [b"200"]
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1], sys.argv[2]) else 1)
