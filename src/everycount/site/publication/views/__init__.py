"""Pages of plans and releases."""
