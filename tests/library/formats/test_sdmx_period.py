from __future__ import annotations

import pytest

from everycount.faults import InputError
from everycount.formats.sdmx_period import period_of


@pytest.mark.parametrize(
    ("period", "text", "freq", "last"),
    [
        ("2017", "2017", "A", "2017-12-31"),
        ("2017-02", "2017-02", "M", "2017-02-28"),
        ("2017-03-15", "2017-03-15", "D", "2017-03-15"),
        ("2017/2018", "2017-01-01/P2Y", "A", "2018-12-31"),
        ("2017-11/2018-02", "2017-11-01/P4M", "M", "2018-02-28"),
        ("2017-03-15/2017-05-02", "2017-03-15/P49D", "D", "2017-05-02"),
        ("2024-02-28/2024-03-01", "2024-02-28/P3D", "D", "2024-03-01"),
        ("2017-03/2017-04-10", "2017-03-01/P41D", "D", "2017-04-10"),
        ("2017/2017", "2017-01-01/P1Y", "A", "2017-12-31"),
    ],
)
def test_a_period_becomes_sdmx_time(period: str, text: str, freq: str, last: str) -> None:
    made = period_of(period)
    assert (made.text, made.freq, made.last.isoformat()) == (text, freq, last)


@pytest.mark.parametrize(
    "period", ["", "spring", "2017-13", "2017-02-30", "2018/2017", "2017/2018/2019", "2017-3", "17"]
)
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(InputError, match="cannot be written as SDMX time"):
        period_of(period)
