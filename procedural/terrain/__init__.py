"""Land as numbers: height fields, what is measured on them, and maps in and out. Land forms themselves are families in generators/terrain."""
