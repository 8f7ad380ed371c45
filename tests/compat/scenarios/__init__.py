"""What users do with the flat methods, written once for both clients: one module for each domain."""

from __future__ import annotations

from tests.compat.scenarios import blocks, limits, pools, runs

ALL = [*runs.ALL, *pools.ALL, *blocks.ALL, *limits.ALL]
