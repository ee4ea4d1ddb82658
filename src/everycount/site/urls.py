"""Every address of the site; a test asks each of them in every role."""

from __future__ import annotations

from everycount.site.collection.urls import urlpatterns as collection
from everycount.site.consent.urls import urlpatterns as consent
from everycount.site.decisions.urls import urlpatterns as decisions
from everycount.site.exports.urls import urlpatterns as exports
from everycount.site.fieldwork.urls import urlpatterns as fieldwork
from everycount.site.followup.urls import urlpatterns as followup
from everycount.site.keying.urls import urlpatterns as keying
from everycount.site.machines.urls import urlpatterns as machines
from everycount.site.node.urls import urlpatterns as node
from everycount.site.people.urls import urlpatterns as people
from everycount.site.publication.urls import urlpatterns as publication
from everycount.site.questionnaires.urls import urlpatterns as questionnaires
from everycount.site.returns.urls import urlpatterns as returns
from everycount.site.review.urls import urlpatterns as review
from everycount.site.ui.urls import urlpatterns as ui

urlpatterns = [
    *ui,
    *people,
    *collection,
    *questionnaires,
    *consent,
    *keying,
    *review,
    *exports,
    *fieldwork,
    *followup,
    *publication,
    *returns,
    *decisions,
    *machines,
    *node,
]

handler400 = "everycount.site.ui.views.wrong"
handler403 = "everycount.site.ui.views.denied"
handler404 = "everycount.site.ui.views.not_found"
handler500 = "everycount.site.ui.views.broken"
