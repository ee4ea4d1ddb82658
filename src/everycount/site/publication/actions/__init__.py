"""Every change of plans and releases, one function a sentence."""
