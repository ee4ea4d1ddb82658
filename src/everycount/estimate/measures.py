"""Every kind of measure, each by its own arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.inequality_cells import estimate_inequality
from everycount.estimate.plan import INEQUALITY, QUANTILES, Plan, Table
from everycount.estimate.quantile_cells import estimate_quantiles
from everycount.estimate.sums import estimate_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.estimate.association import Groups
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame
    from everycount.sample.design import Basis, Lonely


def estimate_measures(
    frame: Frame,
    plan: Plan,
    *,
    lonely: Lonely,
    basis: Basis,
    tables: Sequence[Table],
    compared: dict[tuple[str, str], Groups] | None = None,
) -> tuple[list[Estimate], list[Contrast]]:
    """As :func:`everycount.estimate.sums.estimate_sums`, for measures of any kind.

    Medians and quantiles come after the sums, and are not compared: their errors rest on shares, and the
    error of a difference between them would need the density of the answers. Inequality comes last.
    """
    kinds = {name: measure.kind for name, (measure, _) in frame.measures.items()}
    quantiles = _of(tables, lambda name: kinds[name] in QUANTILES)
    unequal = _of(tables, lambda name: kinds[name] in INEQUALITY)
    sums = _of(tables, lambda name: kinds[name] not in QUANTILES | INEQUALITY)
    found, contrasts = estimate_sums(frame, plan, lonely=lonely, basis=basis, tables=sums, compared=compared)
    if quantiles:
        found += estimate_quantiles(frame, plan, lonely=lonely, basis=basis, tables=quantiles)
    if unequal:
        more, gaps = estimate_inequality(frame, plan, lonely=lonely, basis=basis, tables=unequal)
        found, contrasts = [*found, *more], [*contrasts, *gaps]
    return found, contrasts


def _of(tables: Sequence[Table], wanted: Callable[[str], bool]) -> list[Table]:
    """The tables with only the measures that are wanted; without those that have none."""
    parts = [Table(tuple(filter(wanted, table.measures)), table.by) for table in tables]
    return [part for part in parts if part.measures]
