"""Land that is solid: caves, arches, overhangs and rocks as signed distances on a height field, meshed without cracks."""
