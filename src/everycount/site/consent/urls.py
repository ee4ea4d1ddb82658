"""Addresses of consent."""

from __future__ import annotations

from django.urls import path

from everycount.site.consent.views import receipt, sheet, steward, wishes

_HERE = "initiatives/<slug:slug>/consent"

urlpatterns = [
    path("receipt", receipt.receipt, name="receipt"),
    path("receipt/answers", receipt.answers, name="receipt_answers"),
    path("receipt/back", receipt.back, name="receipt_back"),
    path("receipt/message", receipt.message, name="receipt_message"),
    path("receipt/correction", receipt.correction, name="receipt_correction"),
    path(_HERE, steward.overview, name="consent"),
    path(
        "initiatives/<slug:slug>/questionnaires/versions/<uuid:version>/consent-sheet",
        sheet.consent_sheet,
        name="consent_sheet",
    ),
    path(f"{_HERE}/texts/new", steward.write, name="write_text"),
    path(f"{_HERE}/texts/<int:version>/add", steward.write, name="add_language"),
    path(f"{_HERE}/texts/<int:version>/<str:language>", steward.hear, name="hear_text"),
    path(f"{_HERE}/messages", steward.messages, name="messages"),
    path(f"{_HERE}/messages/<uuid:name>", steward.message, name="message"),
    path("initiatives/<slug:slug>/corrections", wishes.listing, name="wishes"),
    path("initiatives/<slug:slug>/corrections/<uuid:name>", wishes.wish, name="wish"),
    path(f"{_HERE}/assist", steward.assist, name="assist"),
    path(f"{_HERE}/assist/<uuid:name>", steward.assisted, name="assisted"),
]
