"""Adding cross-products up over unions of groups: through what is left out as well as directly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate import contrasts
from everycount.estimate.contrasts import _Unions


@settings(deadline=None, max_examples=200)
@given(st.data(), st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_every_way_of_adding_up_gives_the_same(data: st.DataObject, groups: int, seed: int) -> None:
    spread = np.random.default_rng(seed).normal(size=(2 * groups, 2 * groups))
    unions = _Unions.of(spread @ spread.T, groups)
    codes = st.frozensets(st.integers(0, groups - 1), min_size=1)
    one, other = data.draw(codes), data.draw(codes)
    first = np.isin(np.arange(groups), list(one)).astype(float)
    second = np.isin(np.arange(groups), list(other)).astype(float)
    expected = np.einsum("i,aibj,j->ab", first, unions.blocks, second)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contrasts, "SMALL_UNIONS", 0)
        assert unions.between(one, other) == pytest.approx(expected, abs=1e-9)
    assert unions.between(one, other) == pytest.approx(expected, abs=1e-9)
