"""From pages to rows."""
