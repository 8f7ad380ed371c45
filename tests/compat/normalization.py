"""Normalization of values that differ between two runs of a scenario: ids, names, times."""

from __future__ import annotations

import re
from typing import Any

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_NAME = re.compile(r"(flow|key|dep)-[0-9a-f]{8}\b")
_TOKEN = re.compile(r"page-token=[^&\"]+")
_CHANCE = {"estimated_run_time", "estimated_start_time_delta", "time_in_current_state", "total_run_time"}
"""Fields that depend on the moment."""
_KEYS = {"idempotency_key", "transition_id"}
"""Fields in which a request differs from its second copy."""


class Normalizer:
    """Puts numbers for ids, the same number for the same id, and words for the rest."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    def normalize(self, value: Any, key: str = "") -> Any:
        """The JSON as any other run has it."""
        if isinstance(value, list):
            return [self.normalize(item) for item in value]
        if isinstance(value, dict):
            return {name: self.normalize(item, name) for name, item in sorted(value.items())}
        if key in _CHANCE:
            return isinstance(value, float)
        if key in _KEYS and value is not None:
            return "<key>"
        if isinstance(value, str):
            value = _ID.sub(lambda match: self.ids.setdefault(match[0], f"<id {len(self.ids)}>"), value)
            for pattern, word in ((_TIME, "<time>"), (_TOKEN, "page-token=<token>"), (_NAME, r"\1-<name>")):
                value = pattern.sub(word, value)
        return value
