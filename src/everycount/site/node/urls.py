"""Addresses of the node itself."""

from __future__ import annotations

from django.urls import path

from everycount.site.node import views

urlpatterns = [path("node", views.page, name="node")]
