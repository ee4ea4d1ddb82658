"""Addresses of questionnaires in the making."""

from __future__ import annotations

from django.urls import path

from everycount.site.questionnaires.views import making, paper, reviews, versions

_HERE = "initiatives/<slug:slug>/questionnaires/"
_VERSION = f"{_HERE}versions/<uuid:version>/"

urlpatterns = [
    path(_HERE.rstrip("/"), making.listing, name="questionnaires"),
    path(f"{_HERE}upload", making.upload, name="upload_questionnaire"),
    path(f"{_HERE}bank", making.bank, name="question_bank"),
    path(f"{_HERE}rule", making.rule, name="review_rule"),
    path(f"{_HERE}<uuid:name>", making.questionnaire, name="questionnaire"),
    path(f"{_HERE}<uuid:name>/close", making.close, name="close_questionnaire"),
    path(f"{_HERE}<uuid:name>/reopen", making.reopen, name="reopen_questionnaire"),
    path(_VERSION.rstrip("/"), versions.page, name="version"),
    path(f"{_VERSION}preview", versions.preview, name="preview"),
    path(f"{_VERSION}paper", paper.paper, name="paper"),
    path(f"{_VERSION}xlsform", versions.xlsform, name="xlsform"),
    path(f"{_VERSION}publish", versions.publish, name="publish"),
    path(f"{_VERSION}test-link", versions.test_link, name="test_link"),
    path(f"{_VERSION}files", versions.add_file, name="add_file"),
    path(f"{_VERSION}files/<int:number>", versions.file, name="version_file"),
    path(f"{_VERSION}files/<int:number>/remove", versions.remove_file, name="remove_file"),
    path(f"{_VERSION}review/open", reviews.open_review, name="open_review"),
    path(f"{_VERSION}review/close", reviews.close_review, name="close_review"),
    path(f"{_VERSION}review/<int:number>", reviews.question, name="review_question"),
    path(f"{_HERE}voices/<uuid:voice>/answer", reviews.answer, name="answer_voice"),
]
