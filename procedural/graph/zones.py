"""Repeat zones as a function: what is repeated is a Python function over the sockets that go round. Use it through `nodes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .builder import current_tree
from .sockets import Input, Socket, type_of

State = dict[str, Socket]


def repeat(iterations: Input, state: Mapping[str, Input], body: Callable[[State], Mapping[str, Input]]) -> State:
    """A Repeat zone. state: what goes in, by name, typed by its values; `body` takes and gives the same names, for one round.

    Fields among them are evaluated anew in every round; store or capture what must be remembered. Raises GraphError as nodes do, and
    KeyError if the body leaves a name out.
    """
    tree = current_tree()
    start, end = tree.add("GeometryNodeRepeatInput"), tree.add("GeometryNodeRepeatOutput")
    start.data.pair_with_output(end.data)
    end.data.repeat_items.clear()  # a new zone has a geometry of its own
    for name, value in state.items():
        kind = type_of(value)
        end.data.repeat_items.new("FLOAT" if kind == "VALUE" else kind, name)
    start.set({"Iterations": iterations, **state})
    after = body({name: start[name] for name in state})
    end.set({name: after[name] for name in state})
    return {name: end[name] for name in state}
