"""The site's settings under test: a data folder of its own, and fast password hashes are not needed."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_DATA = tempfile.mkdtemp(prefix="everycount-test-")
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
os.environ |= {"EVERYCOUNT_DATA_DIR": _DATA, "EVERYCOUNT_PUBLIC_URL": "http://testserver"}

from everycount.site.settings import *  # noqa: E402, F403 - the environment comes first

(ENVIRONMENT.data / "static").mkdir(exist_ok=True)  # noqa: F405 - whitenoise looks for it
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
