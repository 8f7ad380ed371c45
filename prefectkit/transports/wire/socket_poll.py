"""Polls a socket without waiting."""

from __future__ import annotations

import select

# Windows has none.
_poll = getattr(select, "poll", None)


def is_readable(fd: int) -> bool:
    """Whether a socket has unread data, or its peer closed it."""
    if _poll is None:
        return bool(select.select([fd], [], [], 0)[0])
    poll = _poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))
