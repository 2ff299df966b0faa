"""What the graph layer raises."""

from __future__ import annotations


class GraphError(ValueError):
    """A graph that cannot be built as written; the text names the node, the socket and what is accepted."""
