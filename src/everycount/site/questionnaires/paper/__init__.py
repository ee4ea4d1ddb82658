"""A version as paper: what stands on a sheet, in the order of the form. No clock and no database."""

from everycount.site.questionnaires.paper.ids import fresh, is_whole
from everycount.site.questionnaires.paper.page import COLUMNS, Paper, printed

__all__ = ["COLUMNS", "Paper", "fresh", "is_whole", "printed"]
