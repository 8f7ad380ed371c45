"""Something that happens in the middle of a call: at one of its steps, each opcode of Python being one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

PATIENCE: Final = 60.0
"""Seconds after which a thread hangs."""


class Steps:
    """Runs a function and does something at one of its steps, as a signal handler or a finalizer would.

    Args:
        at: The number of the step, from 0.
        act: What to do there. What it raises is raised there.

    Attributes:
        taken: How many steps there were up to then, or in all.
    """

    def __init__(self, at: float, act: Callable[[], object]) -> None:
        self.taken = 0
        self._at = at
        self._act = act

    def run(self, function: Callable[[], Any]) -> Any:
        """What the function returns."""
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            return function()
        finally:
            sys.settrace(before)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if self.taken > self._at:
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        if event == "opcode":
            self.taken += 1
            if self.taken > self._at:
                self._act()
        return self._trace


def steps_of(function: Callable[[], Any]) -> int:
    """How many steps a function takes."""
    steps = Steps(float("inf"), lambda: None)
    steps.run(function)
    return steps.taken


def in_time(work: Callable[[], Any]) -> Any:
    """What some work returns in a thread of its own, which must not hang."""
    results: list[Any] = []

    def keep() -> None:
        try:
            results.append((work(), None))
        except BaseException as error:
            results.append((None, error))

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert results, "it hangs"
    value, error = results[0]
    if error is not None:
        raise error
    return value
