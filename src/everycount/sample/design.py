"""How respondents were found, and therefore which claims their answers can carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class DesignKind(StrEnum):
    """Sampling designs (see the catalogue list ``sampling_design`` for what each must record)."""

    CENSUS_PLACE = "census_place"
    PROBABILITY = "probability"
    RESPONDENT_DRIVEN = "respondent_driven"
    TIME_LOCATION = "time_location"
    SNOWBALL = "snowball"
    CAPTURE_RECAPTURE = "capture_recapture"
    QUOTA = "quota"
    PURPOSIVE = "purposive"
    CONVENIENCE = "convenience"
    OPT_IN = "opt_in"
    CROWD = "crowd"


class Lonely(StrEnum):
    """What a stratum with a single cluster contributes to the variance (R survey, ``survey.lonely.psu``)."""

    ADJUST = "adjust"
    AVERAGE = "average"
    CERTAINTY = "certainty"
    FAIL = "fail"


class Scope(StrEnum):
    """Whom a number speaks about."""

    RESPONDENTS = "respondents"
    PLACE = "place"
    GROUP_IN_PLACE = "group_in_place"
    POPULATION = "population"


class Basis(StrEnum):
    """What an interval rests on; without a basis there is no interval."""

    DESIGN = "design"
    MODEL = "model"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PopulationWeight:
    """A weight made from known sizes: population of the cell divided by the records found in it.

    Attributes:
        population: column that holds the population of the record's cluster or stratum.
        within: columns that identify that cluster or stratum.
    """

    population: str
    within: tuple[str, ...]


class ReplicateMethod(StrEnum):
    """How replicate weights were, or are to be, made; ``bootstrap`` is that of Rao and Wu."""

    JK1 = "jk1"
    JKN = "jkn"
    BRR = "brr"
    FAY = "fay"
    BOOTSTRAP = "bootstrap"
    CANTY_DAVISON = "canty_davison"
    SDR = "sdr"


@dataclass(frozen=True, slots=True)
class Replicates:
    """Errors are read off replicate weights instead of strata and clusters.

    Attributes:
        method: how they differ from the full weights.
        columns: columns of complete replicate weights; empty: they are made from strata and clusters.
        rho: of Fay's method, the share of its weight that the half left out keeps.
        scale, rscales: factors of the variance, where they are not those of the method.
        mse: deviations are taken from the estimate, not from the mean of the replicates.
        number, seed: how many to draw for a bootstrap, and the seed; 0 is the usual number.
    """

    method: ReplicateMethod
    columns: tuple[str, ...] = ()
    rho: float = 0.0
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    mse: bool = False
    number: int = 0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Design:
    """How respondents were found.

    Attributes:
        kind: the sampling design.
        strata: columns of the first-stage strata; together they identify one.
        clusters: columns of the clusters, first stage first; empty means that each record is its own cluster.
        weights: column of weights, or how to make them; None means equal weights of 1.
        populations: one column per stage with the number of units in the stratum (stage 1) or in the cluster
            above (later stages), for the finite population correction; empty means none.
        lonely: treatment of strata with one cluster.
        nested: cluster codes are unique only within their stratum (True) or over the whole file (False).
        scope: whom the numbers speak about; None lets the kind decide.
        notes: what else the design must record (frame, selection, list date ...), free text by key.
        replicates: replicate weights, which then give the errors.
    """

    kind: DesignKind
    strata: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    weights: str | PopulationWeight | None = None
    populations: tuple[str, ...] = ()
    lonely: Lonely = Lonely.ADJUST
    nested: bool = True
    scope: Scope | None = None
    notes: dict[str, str] = field(default_factory=dict)
    replicates: Replicates | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of ``main`` that the design speaks of."""
        weights: tuple[str, ...] = ()
        if isinstance(self.weights, PopulationWeight):
            weights = (self.weights.population, *self.weights.within)
        elif self.weights is not None:
            weights = (self.weights,)
        if self.replicates is not None:
            weights += self.replicates.columns
        return tuple(dict.fromkeys((*self.strata, *self.clusters, *weights, *self.populations)))
