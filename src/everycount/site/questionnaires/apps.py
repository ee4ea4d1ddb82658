"""Questionnaires in the making: written, reviewed by the community, published."""

from __future__ import annotations

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    """Questionnaires in the making: written, reviewed by the community, published."""

    name = "everycount.site.questionnaires"
    label = "questionnaires"
