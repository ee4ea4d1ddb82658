"""Typing in what was answered on paper."""

from __future__ import annotations

from django.apps import AppConfig


class KeyingConfig(AppConfig):
    """A page for sheets of paper, made for the keyboard."""

    name = "everycount.site.keying"
    label = "keying"
