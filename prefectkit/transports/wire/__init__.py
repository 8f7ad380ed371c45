"""What the HTTP transports share, whichever library they use: settings, TLS, deadlines, response bodies, errors."""
