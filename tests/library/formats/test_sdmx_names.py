from __future__ import annotations

import re

import pytest

from everycount.formats.sdmx_names import artefact_id, code_id, crossed_id

ID = re.compile(r"[A-Za-z0-9_@$\-]+")  # IDType of SDMXCommon.xsd
NAME = re.compile(r"[A-Za-z0-9_\-]+")  # NCNameIDType after the letters we put before it


@pytest.mark.parametrize("name", ["own", "None", "1", "_T", "SAFE_WATER", "a-b"])
def test_a_name_that_sdmx_accepts_is_kept(name: str) -> None:
    assert code_id(name) == name


@pytest.mark.parametrize(
    "name", ["rent & share", "প্রাথমিক", "-1", "a@b", "a$b", "", " ", "own ", "x" * 500 + "!"]
)
def test_any_other_name_becomes_one(name: str) -> None:
    assert ID.fullmatch(code_id(name))
    assert NAME.fullmatch(artefact_id(name))
    assert len(code_id(name)) < 60


def test_names_that_look_alike_stay_apart() -> None:
    names = ["rent & share", "rent & share ", "rent + share", "rent_share", "rent-share", "Rent_share"]
    assert len({code_id(name) for name in names}) == len(names)


def test_crossed_codes_cannot_be_read_in_two_ways() -> None:
    keys = [
        (("a", "b"), ("c", "d")),
        (("a", "b$c@d"),),
        (("a@b$c", "d"),),
        (("a", "b_c_d"),),
        (("a", "b"),),
    ]
    assert crossed_id(keys[0]) == "a@b$c@d"
    assert len({crossed_id(key) for key in keys}) == len(keys)
