"""Many calls at once: worker pools, bulk, rate limits and adaptive concurrency."""
