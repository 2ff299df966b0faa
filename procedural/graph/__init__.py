"""The graph layer: node trees as Python values. `builder` makes them, `nodes` names the frequent nodes, `modifiers` uses them."""

from __future__ import annotations

from .builder import Inputs, Node, Tree, building, current_tree, new_material, new_tree
from .errors import GraphError
from .modifiers import EvaluatedMesh, apply_group, evaluate, set_inputs
from .sockets import Socket, math, snake, vector_math

__all__ = [
    "EvaluatedMesh",
    "GraphError",
    "Inputs",
    "Node",
    "Socket",
    "Tree",
    "apply_group",
    "building",
    "current_tree",
    "evaluate",
    "math",
    "new_material",
    "new_tree",
    "set_inputs",
    "snake",
    "vector_math",
]
