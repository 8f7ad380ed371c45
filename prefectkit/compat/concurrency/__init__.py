"""Slots of global concurrency limits: helpers that block in `sync`, helpers to await in `asyncio`."""
