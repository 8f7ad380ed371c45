"""Tests of where the settings come from."""
