"""Serialization: JSON encoding and decoding."""
