"""The example world: an invented initiative, its people, and a thousand submissions that went all the way."""

from everycount.site.demo.story import NAME, start_phones
from everycount.site.demo.world import make_world

__all__ = ["NAME", "make_world", "start_phones"]
