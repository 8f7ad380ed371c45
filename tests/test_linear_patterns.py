"""No regular expression of the package gives back what it took: its time grows with the text, and no faster."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any, cast

import pytest

import prefectkit

# Each is repeated, and each begins something that some pattern looks for and never ends it.
SEEDS = (
    '"', "'", "\\", " ", "\t", "\n", "a", "0", ".", ":", "/", "%", "{", "[", "<", "-", "_", "=", "`$", "a.", "0.",
    '"token', "token", '"token"', '"token" ', '"a":', "'token", "token=", '\\"token\\"', '\\"token\\":', 'token":"',
    "bearer ", "basic basic", "bearer a", "pnu_", "://a", "://a:", "{{", "<secret:1>", "<secret:", "[Errno 1", ": b",
    '"job_variables":', '"job_variables": ', '"job_variables":{', "accounts/", "/block_documents", "2024-01-01T", "[1",
    ".a[...]", "a: b\r\n", "deadbeef-", "0_0", "[a:", "a b", '"a"."', "a.b", "é", "\ud800", "Bearer \\", '"pa', '"a',
)  # fmt: skip
SHORTEST, ENOUGH = 1 << 8, 0.01


def modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(prefectkit.__path__, "prefectkit."):
        if not module.name.endswith("__main__"):
            # An extra may not be installed.
            with suppress(ImportError):
                yield importlib.import_module(module.name)


MODULES = list(modules())
SOURCE = "\n".join(inspect.getsource(module) for module in MODULES)


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, tuple):
        for part in cast("tuple[object, ...]", value):
            yield from patterns_in(part)
    elif isinstance(value, re.Pattern):
        yield value


PATTERNS = {
    f"{module.__name__}.{name}": tuple(patterns_in(value))
    for module in MODULES
    for name, value in vars(module).items()
    if any(patterns_in(value))
}


def is_anchored(name: str) -> bool:
    """Whether nobody looks for the pattern in the middle of a text."""
    uses = set(re.findall(rf"\b{name}\.(\w+)\(", SOURCE))
    return bool(uses) and uses <= {"fullmatch", "match"}


def seconds(pattern: re.Pattern[Any], text: Any, anchored: bool) -> float:
    start = time.thread_time()
    if anchored:
        pattern.fullmatch(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return time.thread_time() - start


def growth(pattern: re.Pattern[Any], anchored: bool = False) -> tuple[float, str]:
    """How many times longer a text of four times the length took at most, and what it was made of."""
    worst = (0.0, "")
    for seed in SEEDS:
        shorter: Any = None
        for length in (SHORTEST, 4 * SHORTEST, 16 * SHORTEST, 64 * SHORTEST):
            text: Any = (seed * length)[:length]
            if isinstance(pattern.pattern, bytes):
                text = text.encode(errors="replace")
            if seconds(pattern, text, anchored) >= ENOUGH:
                worst = max(worst, (ratio(pattern, text, shorter, anchored), seed))
                break
            shorter = text
    return worst


def ratio(pattern: re.Pattern[Any], text: Any, shorter: Any, anchored: bool) -> float:
    """How many times longer a text took than a shorter one: the least of several, since other work slows down both."""
    if shorter is None:
        return math.inf
    pairs = [(seconds(pattern, text, anchored), seconds(pattern, shorter, anchored)) for _ in range(5)]
    return min(took for took, _ in pairs) / max(min(before for _, before in pairs), 1e-5)


def test_every_pattern_is_found() -> None:
    assert {
        "prefectkit.core.security.secret_patterns._COLON",
        "prefectkit.core.security.secret_patterns._TOKEN_PATTERNS",
        "prefectkit.core.serialization.timestamps._TIMESTAMP",
        "prefectkit.transports.cassette.matching._BOUND",
    } <= set(PATTERNS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_time_grows_with_the_text_and_no_faster(name: str) -> None:
    for pattern in PATTERNS[name]:
        times, seed = growth(pattern, is_anchored(name.rpartition(".")[2]))
        # A linear one takes 4 times as long, one that backtracks 16 times.
        assert times < 9, f"{pattern.pattern!r} on {seed!r}"


def test_one_that_backtracks_is_noticed() -> None:
    assert growth(re.compile(r"\s*:"))[0] > 9
