"""Addresses of publication: each kind of page has its own list."""

from __future__ import annotations

from everycount.site.publication.public_urls import urlpatterns as public
from everycount.site.publication.views import bringing, deciding, following, indicators, numbers, plans

_INSIDE = (*plans.PATHS, *deciding.PATHS, *numbers.PATHS, *bringing.PATHS)
urlpatterns = [*_INSIDE, *following.PATHS, *indicators.PATHS, *public]
