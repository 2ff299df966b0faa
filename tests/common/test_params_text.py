"""Parameters from a command line's words."""

from dataclasses import dataclass, replace

import pytest

from dreamgrove.params import ParameterError, assignments, param


@dataclass(frozen=True)
class FenceParams:
    spacing: float = param(0.5, "Gap between posts", min=0.05, max=10.0, unit="m")
    posts: int = param(4, "How many", min=1, max=99)
    wood: str = param("oak", "Of what", choices=("oak", "pine"))
    color: tuple[float, ...] = param((0.2, 0.1, 0.05), "Linear RGB", min=0, max=1)
    gate: bool = param(False, "Whether it has a gate")


def test_every_kind_is_read():
    pairs = ["spacing=2", "posts=7", "wood=pine", "color=0.1,0.2,0.3", "gate=true"]
    made = replace(FenceParams(), **assignments(FenceParams, pairs))
    assert made == FenceParams(2.0, 7, "pine", (0.1, 0.2, 0.3), True)
    assert assignments(FenceParams, ["color=[0, 0.5, 1]"]) == {"color": (0.0, 0.5, 1.0)}


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("spacing", "NAME=VALUE"), ("=3", "NAME=VALUE"), ("height=3", "known are: spacing"), ("posts=many", "posts"),
        ("spacing=99", "10"), ("wood=steel", "oak"), ("color=red", "color"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(pair: str, said: str):
    with pytest.raises(ParameterError, match=said):
        assignments(FenceParams, [pair])
