"""Pagination: page after page of a list, as one iterator of rows."""
