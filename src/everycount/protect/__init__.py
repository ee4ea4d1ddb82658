"""Estimates, policy and earlier cells in; cells that may be shown out."""

from everycount.protect.cells import Cell, Cells, SafeContrast, Status, restore
from everycount.protect.policy import OPEN, PARTNERS, POLICIES, PUBLIC, Policy
from everycount.protect.protection import protect

__all__ = [
    "OPEN",
    "PARTNERS",
    "POLICIES",
    "PUBLIC",
    "Cell",
    "Cells",
    "Policy",
    "SafeContrast",
    "Status",
    "protect",
    "restore",
]
