"""Estimates, policy and earlier cells in; cells that may be shown out."""

from everycount.protect.audit import Audit, Interval
from everycount.protect.beside import set_aside, with_earlier
from everycount.protect.cells import Cell, Cells, SafeContrast, Status, restore
from everycount.protect.policy import OPEN, PARTNERS, POLICIES, PUBLIC, Policy, unchanged
from everycount.protect.pooled import Sendable, protect_pooled, sendable, travelling
from everycount.protect.protection import audit, protect
from everycount.protect.sensitivity import Guard, guarded, guards, not_mapped
from everycount.protect.withheld import of_breakdown, of_measure

__all__ = [
    "OPEN",
    "PARTNERS",
    "POLICIES",
    "PUBLIC",
    "Audit",
    "Cell",
    "Cells",
    "Guard",
    "Interval",
    "Policy",
    "SafeContrast",
    "Sendable",
    "Status",
    "audit",
    "guarded",
    "guards",
    "not_mapped",
    "of_breakdown",
    "of_measure",
    "protect",
    "protect_pooled",
    "restore",
    "sendable",
    "set_aside",
    "travelling",
    "unchanged",
    "with_earlier",
]
