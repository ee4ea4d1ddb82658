"""Every question of collection to the database."""

from everycount.site.collection.queries.forms import (
    DRAFTS,
    FORMS,
    LISTS,
    VERSIONS,
    Listed,
    entities_in,
    entities_of,
    forget,
    form,
    form_of,
    listed,
    media_file,
    media_of,
    published_versions,
    questionnaire_of,
    version_named,
)
from everycount.site.collection.queries.keys import KeyList, key_to_revoke, keys_of

__all__ = [
    "DRAFTS",
    "FORMS",
    "LISTS",
    "VERSIONS",
    "KeyList",
    "Listed",
    "entities_in",
    "entities_of",
    "forget",
    "form",
    "form_of",
    "key_to_revoke",
    "keys_of",
    "listed",
    "media_file",
    "media_of",
    "published_versions",
    "questionnaire_of",
    "version_named",
]
