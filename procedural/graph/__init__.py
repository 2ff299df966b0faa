"""The graph layer: node trees as Python values. `builder` makes them, `nodes` names the frequent nodes, `modifiers` uses them.

`read` gives any tree as plain data (`spec`), `build` makes a tree of it, `compare` says what differs between two,
`to_python` writes it as source.
"""

from __future__ import annotations

from .build import build
from .builder import Inputs, Node, Tree, building, current_tree, new_material, new_tree
from .compare import LEVELS, Difference, compare
from .errors import GraphError
from .modifiers import EvaluatedMesh, apply_group, evaluate, evaluate_parts, evaluate_realized, read_inputs, set_inputs
from .owners import owner_of
from .read import read
from .sockets import Socket, math, snake, vector_math
from .spec import GraphSpec
from .write import to_python

__all__ = [
    "LEVELS",
    "Difference",
    "EvaluatedMesh",
    "GraphError",
    "GraphSpec",
    "Inputs",
    "Node",
    "Socket",
    "Tree",
    "apply_group",
    "build",
    "building",
    "compare",
    "current_tree",
    "evaluate",
    "evaluate_parts",
    "evaluate_realized",
    "math",
    "new_material",
    "new_tree",
    "owner_of",
    "read",
    "read_inputs",
    "set_inputs",
    "snake",
    "to_python",
    "vector_math",
]
