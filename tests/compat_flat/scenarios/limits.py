"""Concurrency limits, events, server defaults."""

from __future__ import annotations

from tests.compat_flat.sides import Scenario

ALL: list[Scenario] = []
