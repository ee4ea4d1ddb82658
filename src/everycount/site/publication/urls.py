"""Addresses of publication: each kind of page has its own list."""

from __future__ import annotations

from everycount.site.publication.inside_urls import urlpatterns as inside
from everycount.site.publication.public_urls import urlpatterns as public
from everycount.site.publication.views import bringing, following

# "bring" stands before the names of plans.
urlpatterns = [*bringing.PATHS, *inside, *following.PATHS, *public]
