"""The SDK's version, and those of the API and the server it was written against."""

__version__ = "0.1.0"

API_VERSION = "0.8.4"

SERVER_VERSION = "3.9.1"

CLIENT_VERSION = "3.8.8"
"""The version of Prefect whose client `prefectkit.compat` replaces."""
