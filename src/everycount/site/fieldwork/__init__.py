"""Fieldwork: its plan, how far it is, and what is odd about what came."""
