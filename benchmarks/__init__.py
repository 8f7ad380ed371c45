"""How much prefectkit costs beside its peers: one module a question, `python -m benchmarks.run` for all of them."""
