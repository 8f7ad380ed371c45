"""Slots of global concurrency limits: `prefectkit.compat.concurrency.sync` and `prefectkit.compat.concurrency.asyncio`."""
