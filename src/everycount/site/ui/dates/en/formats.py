"""Days in English: Django's own are American, and a reader elsewhere takes 11/12 for another day."""

from __future__ import annotations

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"
