"""The differences between the event loops of asyncio and trio that anyio does not cover."""
