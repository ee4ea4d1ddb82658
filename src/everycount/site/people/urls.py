"""Addresses of people, initiatives and organisations."""

from __future__ import annotations

from django.urls import include, path

from everycount.site.people.views import account, events, home, initiatives, openings, organisations, roles

urlpatterns = [
    path("", home.home, name="home"),
    path("account/", account.profile, name="profile"),
    path("account/sessions", account.sessions, name="sessions"),
    path("account/sessions/end", account.end_sessions, name="end_sessions"),
    path("account/end", account.end_account, name="end_account"),
    path("account/factors/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
    path("initiatives", initiatives.listing, name="initiatives"),
    path("initiatives/admit", initiatives.admit, name="admit"),
    path("initiatives/<slug:slug>", initiatives.page, name="initiative"),
    path("initiatives/<slug:slug>/change", initiatives.change, name="change"),
    path("initiatives/<slug:slug>/people", roles.people, name="people"),
    path("initiatives/<slug:slug>/events", events.page, name="events"),
    path("initiatives/<slug:slug>/events.atom", events.feed, name="feed"),
    path("roles/<int:number>/end", roles.end, name="end_role"),
    path("invitations/<uuid:name>/again", roles.again, name="invite_again"),
    path("invitations/<uuid:name>/call-back", roles.call_back, name="call_back"),
    path("invitation/<str:code>", roles.invitation, name="invitation"),
    path("organisations", organisations.listing, name="organisations"),
    path("organisations/<uuid:name>", organisations.page, name="organisation"),
    path("organisations/<uuid:name>/ask", organisations.ask, name="ask_membership"),
    path("applications/<int:number>", organisations.settle, name="settle_application"),
    path("memberships/<int:number>/end", organisations.end, name="end_membership"),
    path("openings", openings.listing, name="openings"),
    path("openings/<uuid:name>", openings.decide, name="decide_opening"),
    path("openings/<uuid:name>/end", openings.end, name="end_opening"),
]
