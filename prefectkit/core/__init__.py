"""The request core: it knows no endpoint, no transport library and no plugin."""
