"""Keys and receipt codes stand in addresses; no log may keep them."""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(r"(/(?:key|receipt|invitation|link)/)[^/\s?\"']+|([?&](?:st|code|token)=)[^&\s\"']+")


def without_keys(text: str) -> str:
    """The text with every key in an address replaced."""
    return _SECRETS.sub(lambda found: f"{found.group(1) or found.group(2)}***", text)


class WithoutKeys(logging.Filter):
    """Redacts the finished message and its exception, whatever the arguments were."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is changed in place."""
        record.msg, record.args = without_keys(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = without_keys(logging.Formatter().formatException(record.exc_info))
        return True
