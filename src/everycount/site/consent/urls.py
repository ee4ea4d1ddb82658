"""Addresses of consent."""

from __future__ import annotations

from django.urls import path

from everycount.site.consent.views import receipt

urlpatterns = [
    path("receipt", receipt.receipt, name="receipt"),
    path("receipt/answers", receipt.answers, name="receipt_answers"),
    path("receipt/back", receipt.back, name="receipt_back"),
    path("receipt/message", receipt.message, name="receipt_message"),
]
