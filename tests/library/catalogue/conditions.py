"""A second reading of conditions and variables as the contract words them, slow and plain.

It shares no code with the estimators: tests of derivations compare against it. True, False or None (unknown).
"""

from __future__ import annotations

from typing import Any


def holds(condition: dict[str, Any], answers: dict[str, Any]) -> bool | None:
    """Whether a condition holds for the answers of one respondent; an absent answer is None."""
    if "any" in condition:
        parts = [holds(part, answers) for part in condition["any"]]
        return True if True in parts else None if None in parts else False
    if "all" in condition:
        parts = [holds(part, answers) for part in condition["all"]]
        return False if False in parts else None if None in parts else True
    if "not" in condition:
        inner = holds(condition["not"], answers)
        return None if inner is None else not inner
    answer = answers.get(condition["question"])
    if answer is None:
        return None
    if "in" in condition:
        return answer in condition["in"]
    return condition.get("at_least", float("-inf")) <= answer <= condition.get("at_most", float("inf"))


def value(variable: dict[str, Any], answers: dict[str, Any]) -> str | None:
    """The value of the first case that holds."""
    return next((case["value"] for case in variable["cases"] if holds(case["when"], answers) is True), None)
