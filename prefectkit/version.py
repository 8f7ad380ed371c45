"""The SDK's version, and that of the API it was written against."""

__version__ = "0.1.0"

API_VERSION = "0.8.4"
