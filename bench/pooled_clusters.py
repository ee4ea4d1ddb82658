"""What whoever pools could solve of single clusters: how often sums of a cell leave one table.

The attacker knows that everybody weighs the same, that all clusters stand in one stratum, how many clusters
and people the cell has, and its five sums over clusters: people, people with the property, and the squares
and products of these. Every table of clusters of up to six people is listed; clusters have no names, so a
table is known up to the order of its clusters. Run: python bench/pooled_clusters.py
"""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

MOST = 6  # people of a cell in one cluster
CASES = ((3, 10), (5, 10), (5, 20), (8, 16), (10, 20))

# Clusters, people, people with the property, and the sums of squares and products of the last two.
Sums: TypeAlias = tuple[int, int, int, int, int, int]


def tables(clusters: int, people: int) -> Counter[Sums]:
    """How many tables have the same sums, for all sums of that many clusters and people."""
    counts: Counter[Sums] = Counter({(0, 0, 0, 0, 0, 0): 1})
    for here in range(1, MOST + 1):
        for having in range(here + 1):
            counts = _with(counts, here, having, clusters, people)
    return Counter({sums: n for sums, n in counts.items() if sums[:2] == (clusters, people)})


def _with(counts: Counter[Sums], here: int, having: int, clusters: int, people: int) -> Counter[Sums]:
    """The same with any number of clusters of one more kind."""
    more: Counter[Sums] = Counter()
    squares = (here * here, here * having, having * having)
    for (k, n, e, nn, ne, ee), count in counts.items():
        for j in range(min(clusters - k, (people - n) // here) + 1):
            a, b, c = (j * square for square in squares)
            more[k + j, n + j * here, e + j * having, nn + a, ne + b, ee + c] += count
    return more


def main() -> None:
    print("clusters  people   tables  known up to order  candidates (median)")
    for clusters, people in CASES:
        found = sorted(tables(clusters, people).values())
        total, alone, passed = sum(found), sum(n for n in found if n == 1), 0
        for median in found:
            passed += median
            if 2 * passed >= total:
                break
        print(f"{clusters:8d} {people:7d} {total:8d} {alone / total:17.0%} {median:20d}")


if __name__ == "__main__":
    main()
