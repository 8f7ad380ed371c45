"""What HTTP transports share, whichever library carries them: settings, TLS, time, bodies, words for failures."""
