"""Days in Hindi: Django has no form for a day with its hour there, and would take the American one."""

from __future__ import annotations

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"
