"""Every change of questionnaires, their files and keys, one function a sentence."""

from everycount.site.collection.actions.files import attach, detach
from everycount.site.collection.actions.keys import Given, give_key, give_keys, give_password, revoke_key
from everycount.site.collection.actions.questionnaires import close, publish, reopen, upload

__all__ = [
    "Given",
    "attach",
    "close",
    "detach",
    "give_key",
    "give_keys",
    "give_password",
    "publish",
    "reopen",
    "revoke_key",
    "upload",
]
