"""Why nothing of a breakdown is shown, in words for the keeper of the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.protect.closures import Closure

_FEW_GROUPS = 2  # a dimension with no more groups than that has none to merge


def why_closed(found: Closure) -> str:
    """One sentence: how small the groups are, and what would help."""
    said = (
        f"{found.small} of {found.occupied} cells of {_name(found.by)} have fewer than {found.least} answers"
    )
    if found.other:
        said += f", {found.other} more are hidden by another rule (all alike, one cluster, one large amount)"
    if found.within:
        said += f"; nothing of {_name(found.within)} is shown either, and what is finer is hidden with it"
    elif 2 * (found.small + found.other) <= found.occupied:
        said += ", and no choice of others to hide beside them keeps them from being worked out"
    return f"{said}; {_cure(found)}"


def _cure(found: Closure) -> str:
    many = max(found.groups, key=lambda one: (found.groups[one], one))
    merge = f"merge groups of {many} ({found.groups[many]})" if found.groups[many] > _FEW_GROUPS else ""
    if not found.without:
        return merge or "leave it out"
    best = found.without[0]
    leave = f"leave out {best.dimension} (then {best.small} of {best.occupied} have)"
    return f"{merge} or {leave}" if merge else leave


def _name(by: tuple[str, ...]) -> str:
    return " x ".join(by)
