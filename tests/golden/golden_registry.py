"""Which reference statistics are compared, which wait and why; the test and the generated table share it."""

from __future__ import annotations

COVERED: dict[str, str] = {
    "degf": "degrees of freedom, sum of weights, respondents",
    "mean": "mean, standard error, interval, design effect with and without replacement",
    "mean+vcov": "two means and their covariance",
    "mean of factor": "proportions of each category",
    "total": "total, standard error, interval, design effect",
    "total of factor": "counts of each category",
    "ratio": "ratio of two totals",
    "cv": "coefficient of variation",
    "domain mean": "means of domains that keep the whole design",
    "domain total": "totals of the same",
    "domain mean, domain's own df": "the same with the domain's own degrees of freedom",
    "domain ratio": "ratios of the same",
    "proportion CI logit": "R's logit is our xlogit",
    "proportion CI asin": "arcsine",
    "proportion CI beta": "Korn-Graubard without limit",
    "proportion CI mean": "Wald",
    "proportion CI xlogit": "logit",
    "proportion CI wilson": "Wilson",
    "proportion CI likelihood": "profile likelihood, read off as R does; the solution itself is off by 5e-5",
    "two-sample t": "the gap between two groups, with R's degrees of freedom (one fewer than ours)",
    "chisq": "Rao and Scott's F; R's other three made of the same table and its covariance",
    "contrast of domain means (Taylor covariance)": "difference, ratio, covariance matrix",
    "lonely PSU: remove": "lonely = certainty",
    "lonely PSU: remove domain": "lonely = certainty",
    "lonely PSU: certainty": "lonely = certainty",
    "lonely PSU: certainty domain": "lonely = certainty",
    "lonely PSU: adjust": "lonely = adjust",
    "lonely PSU: adjust domain": "lonely = adjust",
    "lonely PSU: average": "lonely = average",
    "lonely PSU: average domain": "lonely = average",
    "lonely PSU in a domain": "with and without the adjustment of domains",
    "two-stage total": "two stages with finite populations",
    "two-stage mean": "two stages with finite populations",
    "quantile": "twelve rules, four Woodruff intervals; R's shahvaish and score ends made as R does",
    "replicate mean": "JK1, JKn, both bootstraps: value, error, degrees of freedom, interval",
    "replicate mean, mse=TRUE": "the same from the estimate itself",
    "replicate total": "the same",
    "replicate ratio": "the same",
    "replicate domain mean": "the same for domains",
    "replicate quantile": "quartiles by both bootstraps",
    "mean after weighting": "post-strata, raking, GREG, logit, bounds; 1e-4 where R's raking stops early",
    "total after weighting": "the same",
    "domain mean after weighting": "the same",
    "trimmed weights": "weights to 1e-12, strict too; the error to 1e-4 after R's raking that stops early",
}

MODELS = "a release describes groups; it does not explain answers by models"

WAITING: dict[str, str] = {
    "population variance": "squares of an answer's unit tell nobody much; quantiles and Gini show spread",
    "linear model": MODELS,
    "logistic model": MODELS,
}
