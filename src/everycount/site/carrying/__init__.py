"""An initiative carried whole from one node to another, in one sealed archive."""
