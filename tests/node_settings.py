"""The site's settings under test: a data folder of its own, and SQLite in memory.

``EVERYCOUNT_TEST_DATABASE=postgres`` runs the same tests on a PostgreSQL of their own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack

import own_postgres

_DATA = tempfile.mkdtemp(prefix="everycount-test-")
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
os.environ |= {"EVERYCOUNT_DATA_DIR": _DATA, "EVERYCOUNT_PUBLIC_URL": "http://testserver"}

os.environ.pop("DATABASE_URL", None)  # nobody's database but our own
if os.environ.get("EVERYCOUNT_TEST_DATABASE") == "postgres":
    _UNTIL_THE_END = ExitStack()
    os.environ["DATABASE_URL"] = _UNTIL_THE_END.enter_context(own_postgres.serving("-F"))
    atexit.register(_UNTIL_THE_END.close)

from everycount.site.settings import *  # noqa: E402, F403 - the environment comes first

os.environ.pop("DATABASE_URL", None)  # nodes that tests start have databases of their own
(ENVIRONMENT.data / "static").mkdir(exist_ok=True)  # noqa: F405 - whitenoise looks for it
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
