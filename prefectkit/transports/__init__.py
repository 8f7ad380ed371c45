"""What moves the bytes: HTTP, an ASGI app in this process, a recording. The only place that imports an HTTP library."""
