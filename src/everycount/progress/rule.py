"""By which rule a country counts as having data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from everycount.faults import Fault, InputError, unknown
from everycount.progress.places import un_members

PLACE = "availability"
NOT_RELEVANT = "N"  # CL_NATURE: the indicator does not apply to the country


@dataclass(frozen=True, slots=True)
class Rule:
    """The parameters of availability; every figure states them.

    Attributes:
        since: the first year that counts.
        min_points: so many distinct years one series of the indicator must have; 1 for availability, 2 for
            a trend.
        natures: codes of CL_NATURE that count; empty for all but N. ``("C", "CA")`` asks for the country's
            own data alone, without what was estimated or modelled for it.
        countries: M49 codes of the countries that are asked about.
        base: ``countries``, shares of all of them; or ``applicable``, without those to which an indicator
            does not apply (nature N and no data).
        weighting: ``indicator``, the mean of the indicators' shares; or ``pooled``, all countries with data
            over all that are asked about, summed over the indicators first.
        denominator: ``with_data``, the indicators that the vintage has any series of; or ``all``, those of
            the framework of 2023 as well, with nothing.
        repeats: ``numbers``, every number of an indicator counts under its goal; or ``once``, an indicator
            that has two numbers under one goal (15.a.1 is 15.b.1) counts once there.
    """

    since: int = 2015
    min_points: int = 1
    natures: tuple[str, ...] = ()
    countries: tuple[str, ...] = field(default_factory=un_members)
    base: Literal["countries", "applicable"] = "countries"
    weighting: Literal["indicator", "pooled"] = "indicator"
    denominator: Literal["with_data", "all"] = "with_data"
    repeats: Literal["numbers", "once"] = "numbers"

    def __post_init__(self) -> None:
        if self.min_points < 1:
            problem = f"At least {self.min_points} distinct years are asked for."
            raise InputError(Fault(PLACE, problem, "Ask for 1 year or more."))
        if not self.countries:
            raise InputError(Fault(PLACE, "No country is asked about.", "Name at least one."))
        if len(set(self.countries)) < len(self.countries):
            twice = next(code for code in self.countries if self.countries.count(code) > 1)
            raise InputError(Fault(PLACE, f'The country "{twice}" is named twice.', "Name each once."))
        for name, value, known in (
            ("base", self.base, ("countries", "applicable")),
            ("weighting", self.weighting, ("indicator", "pooled")),
            ("denominator", self.denominator, ("with_data", "all")),
            ("rule of repeats", self.repeats, ("numbers", "once")),
        ):
            if value not in known:
                raise InputError(unknown(PLACE, name, value, known))
