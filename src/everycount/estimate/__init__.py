"""Plan + Sample -> Estimates: numbers with error and basis, not publishable before ``protect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.estimate.condition import Condition
    from everycount.estimate.estimates import Estimates
    from everycount.estimate.plan import Plan
    from everycount.sample.sample import Sample

__all__ = ["estimate", "narrow", "responding"]


def estimate(sample: Sample, plan: Plan, *, engine: str = "duckdb") -> Estimates:
    """Every measure of the plan in every cell of its breakdowns, each with its error and basis.

    Variables are derived first, so that measures, dimensions and the design may use them. The overall value
    of every measure that a table names is always included, before the tables. Measures of a table, and the
    cells within, keep the order of the plan; a dimension without groups gets one group per answer met, and
    the plan inside the result says which.

    Args:
        sample: records and the design by which they were found.
        plan: which measures, split by which dimensions.
        engine: what evaluates the expressions: ``duckdb``, ``postgres`` or ``spark``. The numbers are the
            same. The other two are given the columns that the plan names, and send back sums per stratum,
            cluster and cell; rows, where sums do not suffice (medians, inequality, replicates, calibration).

    Raises:
        InputError: names, codes or answers that do not fit together, all of them at once, or a design that
            the records do not bear out.
    """
    # Ibis costs a quarter of a second, which those who only want the types of a plan should not pay.
    from everycount.estimate.engine import opened  # noqa: PLC0415
    from everycount.estimate.run import run  # noqa: PLC0415

    with opened(engine) as other:
        return run(sample, plan, other)


def narrow(sample: Sample, condition: Condition) -> Sample:
    """The sample with only those main records for which the condition is true, and their roster rows.

    Unknown is not true: a record without an answer to a consent question is left out.
    """
    # As above.
    from everycount.estimate.subset import subset  # noqa: PLC0415

    return subset(sample, condition)


def responding(sample: Sample, condition: Condition) -> Sample:
    """The sample with only those main records for which the condition is true, who stand in for the others.

    The design says within which classes (:class:`everycount.sample.NonResponse`). Of records that are left
    out, here and by :func:`narrow` later on, only design and class are looked at from here on.
    """
    # As above.
    from everycount.estimate.subset import answering  # noqa: PLC0415

    return answering(sample, condition)
