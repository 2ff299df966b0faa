"""Growth: skeletons of plants in numpy, without Blender. Generators hand what is grown here to node graphs.

`grid` finds neighbours, `colonise` grows branches towards points of light, `walk` grows shoots order by order, `crowns` has the outlines
that crowns fill, `limbs` is what all of them end in: chains of points with radii and ages.
"""
