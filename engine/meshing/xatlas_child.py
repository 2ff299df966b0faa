"""Run xatlas as a process of its own: it holds the interpreter's lock for seconds and cannot be stopped from within.

Reads an .npz from standard input (vertices [V, 3] f4, normals [V, 3] f4, triangles [F, 3] u4, texture_size, margin) and writes one to
standard output (source [W] u4, triangles [F, 3] u4, uv [W, 2] f4, width, height in texels). Started by `unwrap`; imports nothing of ours.
"""

import io
import sys

import numpy as np
import xatlas


def main() -> None:
    given = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    atlas = xatlas.Atlas()
    atlas.add_mesh(given["vertices"], given["triangles"], given["normals"])
    packing = xatlas.PackOptions()
    packing.resolution = int(given["texture_size"])
    packing.padding = int(given["margin"])
    packing.bilinear = True
    packing.rotate_charts = False  # xatlas turns a piece by swapping u and v, which mirrors it
    charts = xatlas.ChartOptions()
    charts.fix_winding = True
    atlas.generate(charts, packing)
    if atlas.atlas_count != 1:
        raise SystemExit(f"xatlas made {atlas.atlas_count} sheets instead of one")
    source, triangles, uv = atlas[0]
    out = io.BytesIO()
    np.savez(out, source=source, triangles=triangles, uv=uv, width=atlas.width, height=atlas.height)
    sys.stdout.buffer.write(out.getvalue())


if __name__ == "__main__":
    main()
