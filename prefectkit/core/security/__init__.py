"""Redaction: the detection of secrets, and their removal from texts, headers, bodies and errors."""
