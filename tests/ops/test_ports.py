import os
import socket
from collections.abc import Iterator

import pytest

from ops.errors import DemijohnError
from ops.ports import check_port_is_free, check_ports_are_free


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_port_in_use_is_refused_with_its_holder(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with pytest.raises(DemijohnError) as caught:
        check_port_is_free("HTTP_ADDRESS", "127.0.0.1", port)
    assert f"port {port} is in use by " in str(caught.value)
    assert f"(process {os.getpid()})" in str(caught.value)


def test_a_free_port_is_taken_and_left_free(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    check_port_is_free("HTTP_ADDRESS", "127.0.0.1", port)
    check_port_is_free("HTTP_ADDRESS", "127.0.0.1", port)


def test_an_address_of_another_host_is_refused() -> None:
    with pytest.raises(
        DemijohnError, match=r"192\.0\.2\.1 is not an address of this host: set HTTPS_ADDRESS"
    ):
        check_ports_are_free({"HTTP_ADDRESS": ("127.0.0.1", 0), "HTTPS_ADDRESS": ("192.0.2.1", 8443)})
