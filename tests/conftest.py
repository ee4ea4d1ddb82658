"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No clock decides about a test: a busy machine is slow, and not wrong.
settings.register_profile("everycount", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("everycount")

ROOT = Path(__file__).resolve().parent.parent
STRICT = os.environ.get("EVERYCOUNT_STRICT") == "1"
SHARED = Path(os.environ.get("EVERYCOUNT_SHARED", ROOT.parent / "shared"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that need ../shared where it is absent; in strict mode that is an error instead."""
    if SHARED.is_dir() or STRICT:
        return
    absent = pytest.mark.skip(reason=f"the shared data folder {SHARED.name}/ is not beside the project")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and reference numbers; tests that ask for it carry the mark ``shared``."""
    if not SHARED.is_dir():
        pytest.fail("EVERYCOUNT_STRICT is set and the shared data folder is absent")
    return SHARED


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT
