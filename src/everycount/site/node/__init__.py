"""The node itself, for those who look after it."""
