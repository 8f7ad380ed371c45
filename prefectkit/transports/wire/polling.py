"""A look at a socket that does not wait."""

from __future__ import annotations

import select

# Windows has none.
_poll = getattr(select, "poll", None)


def has_news(fd: int) -> bool:
    """Whether something came that nobody has read yet: most likely the end of the connection."""
    if _poll is None:
        return bool(select.select([fd], [], [], 0)[0])
    poll = _poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))
