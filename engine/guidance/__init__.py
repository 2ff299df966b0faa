"""Scores: how a diffusion prior's opinion of a render becomes a gradient. One file a published idea.

Belongs here: losses computed from a prior and rendered images. Does not: networks and their loading (priors/), fields and
renderers, the order of an optimisation (methods/).
"""
