"""Estimates, policy and earlier cells in; cells that may be shown out."""

from everycount.protect.audit import Audit, Interval
from everycount.protect.cells import Cell, Cells, SafeContrast, Status, restore
from everycount.protect.policy import OPEN, PARTNERS, POLICIES, PUBLIC, Policy
from everycount.protect.protection import audit, protect

__all__ = [
    "OPEN",
    "PARTNERS",
    "POLICIES",
    "PUBLIC",
    "Audit",
    "Cell",
    "Cells",
    "Interval",
    "Policy",
    "SafeContrast",
    "Status",
    "audit",
    "protect",
    "restore",
]
