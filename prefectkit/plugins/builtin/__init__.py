"""The built-in plugins. They use the same hooks as any other plugin."""
