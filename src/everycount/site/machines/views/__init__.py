"""Answers to programs."""
