"""Every question about plans and releases."""
