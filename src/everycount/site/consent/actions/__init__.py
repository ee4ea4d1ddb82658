"""Every change of consents, one function a sentence; a file for each noun."""

from everycount.site.consent.actions.again import reapply_erasures
from everycount.site.consent.actions.erasing import erase
from everycount.site.consent.actions.initiatives import erase_initiative
from everycount.site.consent.actions.messages import leave_message, read_message
from everycount.site.consent.actions.reading import read_now, read_waiting
from everycount.site.consent.actions.texts import write_text
from everycount.site.consent.actions.wishes import answer_wish, ask_correction, read_wish
from everycount.site.consent.actions.withdrawal import Done, How, withdraw

__all__ = [
    "Done",
    "How",
    "answer_wish",
    "ask_correction",
    "erase",
    "erase_initiative",
    "leave_message",
    "read_message",
    "read_now",
    "read_waiting",
    "read_wish",
    "reapply_erasures",
    "withdraw",
    "write_text",
]
