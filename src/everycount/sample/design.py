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


class CalibrationMethod(StrEnum):
    """How weights move to known totals: added to, multiplied, or between two bounds."""

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


@dataclass(frozen=True, slots=True)
class Margin:
    """Something known of the population.

    Attributes:
        by: columns whose combinations are counted, or one column of numbers.
        counts: (codes, number of units) for each combination; empty for numbers.
        total: the sum of the numbers over the population.
    """

    by: tuple[str, ...]
    counts: tuple[tuple[tuple[str, ...], float], ...] = ()
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights are brought to known totals.

    Attributes:
        margins: what is known.
        method: how the weights move.
        bounds: smallest and largest factor; needed by LOGIT, open to LINEAR.
        trim: smallest and largest weight afterwards.
        strict: trimmed again until no weight is outside.
    """

    margins: tuple[Margin, ...]
    method: CalibrationMethod = CalibrationMethod.RAKING
    bounds: tuple[float, float] | None = None
    trim: tuple[float, float] | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class NonResponse:
    """Those who answered stand in for those of their class who did not.

    The limits are customary (Kalton and Flores-Cervantes 2003, Journal of Official Statistics 19).

    Attributes:
        classes: columns of ``main``, known of everybody who was approached; together they identify a class.
        fewest: respondents below which a class is said to be weak.
        largest: factor of its weights above which it is.
    """

    classes: tuple[str, ...] = ()
    fewest: int = 20
    largest: float = 3.0


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
        calibration: known totals that the weights are brought to.
        nonresponse: who stands in for those who did not answer.
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
    calibration: Calibration | None = None
    nonresponse: NonResponse | None = None

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
        if self.nonresponse is not None:
            weights += self.nonresponse.classes
        if self.calibration is not None:
            weights += tuple(name for margin in self.calibration.margins for name in margin.by)
        return tuple(dict.fromkeys((*self.strata, *self.clusters, *weights, *self.populations)))
