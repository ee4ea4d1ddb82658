"""Every kind of measure, each by its own arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.plan import QUANTILES, Plan, Table
from everycount.estimate.quantile_cells import estimate_quantiles
from everycount.estimate.sums import estimate_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame
    from everycount.sample.design import Basis, Lonely


def estimate_measures(
    frame: Frame, plan: Plan, *, lonely: Lonely, basis: Basis, tables: Sequence[Table]
) -> tuple[list[Estimate], list[Contrast]]:
    """As :func:`everycount.estimate.sums.estimate_sums`, for measures of any kind.

    Medians and quantiles come last, and are not compared: their errors rest on shares, and the error of a
    difference between them would need the density of the answers.
    """
    turned = {name for name, (measure, _) in frame.measures.items() if measure.kind in QUANTILES}
    sums, quantiles = _of(tables, lambda name: name not in turned), _of(tables, lambda name: name in turned)
    found, contrasts = estimate_sums(frame, plan, lonely=lonely, basis=basis, tables=sums)
    if quantiles:
        found += estimate_quantiles(frame, plan, lonely=lonely, basis=basis, tables=quantiles)
    return found, contrasts


def _of(tables: Sequence[Table], wanted: Callable[[str], bool]) -> list[Table]:
    """The tables with only the measures that are wanted; without those that have none."""
    parts = [Table(tuple(filter(wanted, table.measures)), table.by) for table in tables]
    return [part for part in parts if part.measures]
