"""A real server that no other test uses, filled with objects, and reset to its first state on request."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from prefectkit import Prefect
from tests.compat import environment
from tests.real_server import DATABASE, quiet


class FilledServer(NamedTuple):
    """A server that no other test uses.

    Attributes:
        url: The root of its API.
        database: Its database.
        first: The database as it was at first.
    """

    url: str
    database: Path
    first: sqlite3.Connection

    def reset(self) -> None:
        """Make everything on it as it was at first."""
        with closing(sqlite3.connect(self.database)) as database:
            self.first.backup(database)


@contextmanager
def filled_server(home: Path) -> Generator[FilledServer]:
    """A server with its data in this directory, filled by `environment`."""
    with quiet(home) as url:
        with Prefect(url) as client:
            environment.fill(client)
        with closing(sqlite3.connect(":memory:")) as first:
            with closing(sqlite3.connect(home / DATABASE)) as database:
                database.backup(first)
            yield FilledServer(url, home / DATABASE, first)
