"""The flat methods, one module for each group."""
