"""Secrets, and what keeps them out of texts."""
