"""Requests and responses, and their parts: URLs, paths, headers, statuses, redirects."""
