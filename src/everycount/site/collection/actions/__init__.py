"""Every change of questionnaires, their files and keys, one function a sentence."""

from everycount.site.collection.actions.bringing import bring_in
from everycount.site.collection.actions.files import attach, detach
from everycount.site.collection.actions.keys import Given, give_key, give_keys, give_password, revoke_key
from everycount.site.collection.actions.questionnaires import close, publish, reopen, upload
from everycount.site.collection.actions.rotating import rotate
from everycount.site.collection.actions.targets import look_up, target_of

__all__ = [
    "Given",
    "attach",
    "bring_in",
    "close",
    "detach",
    "give_key",
    "give_keys",
    "give_password",
    "look_up",
    "publish",
    "reopen",
    "revoke_key",
    "rotate",
    "target_of",
    "upload",
]
