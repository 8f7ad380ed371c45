"""What the API can do: one module per route group, each method one statement."""
