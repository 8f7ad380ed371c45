"""Name lookup within a time limit: the resolver itself has none that a caller could set."""

from __future__ import annotations

import os
import socket
import threading

_running: dict[tuple[int, str, int], Lookup] = {}
"""The last lookup of each name, by process: threads that wait for the same one share it."""


class Lookup(threading.Thread):
    """A lookup in a thread of its own, which is left to itself once nobody waits any more."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(name=f"prefectkit lookup of {host}", daemon=True)
        self._host = host
        self._port = port
        self._done = threading.Event()
        self._addresses: list[str] = []
        self._error: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is a result."""
        return self._done.is_set()

    def run(self) -> None:
        try:
            self._addresses = _addresses(self._host, self._port)
        except Exception as error:
            self._error = error
        finally:
            self._done.set()

    def result(self, timeout: float) -> list[str]:
        """The addresses, once they are there.

        Raises:
            TimeoutError: They are not there in time.
            OSError: The name has none.
        """
        if not self._done.wait(min(timeout, threading.TIMEOUT_MAX)):
            raise TimeoutError(f"no address of {self._host} was found in time")
        if self._error is not None:
            raise self._error
        return self._addresses


def addresses(host: str, port: int, timeout: float | None) -> list[str]:
    """The addresses of a host, in the order of the resolver.

    Parameters:
        host: A name or an address.
        port: The port to connect to.
        timeout: Seconds to wait; None for no limit.

    Raises:
        TimeoutError: The name server does not respond in time.
        OSError: The name has no address.
    """
    if timeout is None or _is_address(host):
        return _addresses(host, port)
    key = os.getpid(), host, port
    lookup = _running.get(key)
    if lookup is None or lookup.is_done:
        lookup = Lookup(host, port)
        try:
            lookup.start()
        except RuntimeError:
            # The interpreter starts no thread while it shuts down.
            return _addresses(host, port)
        _running[key] = lookup
    return lookup.result(timeout)


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
