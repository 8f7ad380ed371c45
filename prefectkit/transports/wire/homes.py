"""What an async sender keeps by process and event loop: a connection works in no other, and cannot be closed there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

from prefectkit.core.errors import ClientClosedError


class AsyncHome(Protocol):
    """The connections of one event loop."""

    @property
    def is_over(self) -> bool:
        """Whether the event loop has ended."""
        ...

    async def settle(self) -> None:
        """Have the event loop close the connections at its end, if nobody does before."""

    async def aclose(self) -> None:
        """Close the connections."""


H = TypeVar("H", bound=AsyncHome)
Place = tuple[int, Hashable]


class Homes(dict[Place, H]):
    """The homes, by process id and event loop; `homes.get(here()) or await homes.settle()` is the one of this place.

    Args:
        make: Makes a home in the running event loop.
        here: The running place.
    """

    def __init__(self, make: Callable[[], H], here: Callable[[], Place]) -> None:
        super().__init__()
        self._make = make
        self._here = here
        self._is_closed = False

    async def settle(self) -> H:
        """A home in this place, for its first request. Forgets loops that have ended.

        Raises:
            ClientClosedError: They were closed.
        """
        if self._is_closed:
            raise ClientClosedError("the transport is closed: make a new one")
        here = self._here()
        for place, home in list(self.items()):
            if place[0] == here[0] and home.is_over:
                self.pop(place, None)
        home = self[here] = self._make()
        await home.settle()
        return home

    async def aclose(self) -> None:
        """Close the home in this place; those of other event loops close in theirs, and those of a parent process stay.

        Calling it again does nothing.
        """
        self._is_closed = True
        here = self._here()
        home = self.pop(here, None)
        for place in [place for place in list(self) if place[0] == here[0]]:
            self.pop(place, None)
        if home is not None:
            await home.aclose()
