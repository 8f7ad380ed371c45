"""The peers: each module opens one library, so that a process has no more of them than it measures.

A function here is a context manager, sync or async, that gives the operations of an open client by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Operations: TypeAlias = dict[str, Callable[[], Any]]
"""By name: `read` reads one flow run, `page` lists 200, `iterate` reads many, `create` creates one."""


class Missing(Exception):
    """What is to be measured is not installed."""
