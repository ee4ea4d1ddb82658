"""Addresses of publication: each kind of page has its own list."""

from __future__ import annotations

from everycount.site.publication.public_urls import urlpatterns as public
from everycount.site.publication.views import bringing, following, indicators, plans

urlpatterns = [*plans.PATHS, *bringing.PATHS, *following.PATHS, *indicators.PATHS, *public]
