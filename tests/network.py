"""Where servers of the tests listen: the machine's own address, and ports that are free now."""

import socket


def own_address() -> str:
    """This machine's address on its network, or loopback where there is none; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(("192.0.2.1", 9))
            return str(line.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def free_port(address: str = "127.0.0.1") -> int:
    with socket.socket() as free:
        free.bind((address, 0))
        return int(free.getsockname()[1])
