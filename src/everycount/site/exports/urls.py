"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from everycount.site.exports import views

_HERE = "initiatives/<slug:slug>/exports"

urlpatterns = [
    path(_HERE, views.page, name="exports"),
    path(f"{_HERE}/take", views.take, name="take_out"),
]
