"""Retries: policy, exponential backoff, retry budget, idempotency keys, reconciliation."""
