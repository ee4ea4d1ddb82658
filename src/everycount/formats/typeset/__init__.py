"""Pictures and pages set in type: words of every script with fonts of our own, on any machine.

Typst sets them (see decision 17). It is an extra, ``everycount[print]``; nothing else asks for it.
"""

from everycount.formats.typeset.engine import pages_of, pdf, png

__all__ = ["pages_of", "pdf", "png"]
