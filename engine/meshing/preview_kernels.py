"""Numba kernels of the previews: shadow look-ups and the shading of one pixel after another. They release the GIL."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, inline="always")
def _lit(x, y, z, frame, depth, bias):
    """Share 0..1 of a shadow map's four nearest texels that see the point; outside the map all is lit.

    frame: [3, 4] world to map (column, row, depth towards the light). depth: [S, S], the nearest depth, -inf where nothing is.
    """
    size = depth.shape[0]
    column = frame[0, 0] * x + frame[0, 1] * y + frame[0, 2] * z + frame[0, 3] - 0.5
    row = frame[1, 0] * x + frame[1, 1] * y + frame[1, 2] * z + frame[1, 3] - 0.5
    here = frame[2, 0] * x + frame[2, 1] * y + frame[2, 2] * z + frame[2, 3] + bias
    i, j = math.floor(row), math.floor(column)
    if i < 0 or j < 0 or i >= size - 1 or j >= size - 1:
        return 1.0
    v, u = row - i, column - j
    a = 1.0 if here >= depth[i, j] else 0.0
    b = 1.0 if here >= depth[i, j + 1] else 0.0
    c = 1.0 if here >= depth[i + 1, j] else 0.0
    d = 1.0 if here >= depth[i + 1, j + 1] else 0.0
    return (a * (1.0 - u) + b * u) * (1.0 - v) + (c * (1.0 - u) + d * u) * v


@njit(cache=True, nogil=True)
def lit_share(first, end, points, normals, directions, frames, depths, bias, out):
    """Cosine-weighted share of the directions that points see: out [N] f4.

    points, normals [N, 3]. directions [L, 3] unit, towards the lights; frames [L, 3, 4], depths [L, S, S]: their shadow maps.
    """
    for n in range(first, end):
        total, seen = 1e-6, 1e-6
        nx, ny, nz = normals[n, 0], normals[n, 1], normals[n, 2]
        for light in range(len(directions)):
            cosine = nx * directions[light, 0] + ny * directions[light, 1] + nz * directions[light, 2]
            if cosine <= 0.02:
                continue
            total += cosine
            seen += cosine * _lit(
                points[n, 0] + 0.5 * bias * nx, points[n, 1] + 0.5 * bias * ny, points[n, 2] + 0.5 * bias * nz,
                frames[light], depths[light], bias,
            )  # fmt: skip
        out[n] = seen / total


@njit(cache=True, nogil=True, inline="always")
def _bilinear(texture, u, v, channel):
    """A byte texture [H, W, 3] at u, v in 0..1, clamped at the border: 0..255."""
    height, width = texture.shape[0], texture.shape[1]
    x = min(max(u * width - 0.5, 0.0), width - 1.001)
    y = min(max(v * height - 0.5, 0.0), height - 1.001)
    j, i = int(x), int(y)
    s, t = x - j, y - i
    above = texture[i, j, channel] * (1.0 - s) + texture[i, j + 1, channel] * s
    below = texture[i + 1, j, channel] * (1.0 - s) + texture[i + 1, j + 1, channel] * s
    return above * (1.0 - t) + below * t


@njit(cache=True, nogil=True, inline="always")
def _softbox(cosine, hardness):
    """Reflection of a broad lamp: 0 beside it, 1 in its middle."""
    return 1.0 / (1.0 + math.exp(-hardness * (cosine - 0.80)))


@njit(cache=True, nogil=True)
def shade_rows(
    first, end, triangle, barycentric, triangles, attributes, base, normal_map, rough_map, roughness, linear,
    eye, rays, floor, key, rim, frames, depths, floor_share, floor_sun, floor_origin, floor_step, backdrop, tint, out,
):  # fmt: skip
    """Shade rows first .. end - 1 of a picture into out [H, W, 3] f4, linear.

    triangle, barycentric: Fragments. attributes [V, 13]: position, normal, tangent (4), uv, sky share. base, normal_map, rough_map:
    byte textures (rough_map of one texel: use `roughness`). linear [256]: sRGB bytes to linear. eye [3]; rays [3, 3]: columns
    are the steps per pixel to the right and down, and the direction to the top left pixel's centre. floor: its height z. key, rim [3]:
    towards the lights. frames, depths: shadow maps of the key light's disc. floor_share, floor_sun [G, G]: shares of sky and key light on the floor, at
    floor_origin [2] + floor_step * index. backdrop [H, W]: brightness behind; tint [3].
    """
    width = triangle.shape[1]
    lights = len(frames)
    a = np.zeros(attributes.shape[1])
    for row in range(first, end):
        for column in range(width):
            dx = rays[0, 0] * column + rays[0, 1] * row + rays[0, 2]
            dy = rays[1, 0] * column + rays[1, 1] * row + rays[1, 2]
            dz = rays[2, 0] * column + rays[2, 1] * row + rays[2, 2]
            inverse = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
            dx, dy, dz = dx * inverse, dy * inverse, dz * inverse
            f = triangle[row, column]
            if f < 0:
                level = 1.0
                if dz < -1e-4:
                    reach = (floor - eye[2]) / dz
                    x, y = eye[0] + reach * dx, eye[1] + reach * dy
                    far = math.sqrt(x * x + y * y)
                    if reach > 0.0 and far < 3.2:
                        g = floor_share.shape[0]
                        p = min(max((x - floor_origin[0]) / floor_step, 0.0), g - 1.001)
                        q = min(max((y - floor_origin[1]) / floor_step, 0.0), g - 1.001)
                        i, j = int(p), int(q)
                        s, t = p - i, q - j
                        sky = (floor_share[i, j] * (1.0 - s) + floor_share[i + 1, j] * s) * (1.0 - t) + (
                            floor_share[i, j + 1] * (1.0 - s) + floor_share[i + 1, j + 1] * s
                        ) * t
                        sun = (floor_sun[i, j] * (1.0 - s) + floor_sun[i + 1, j] * s) * (1.0 - t) + (
                            floor_sun[i, j + 1] * (1.0 - s) + floor_sun[i + 1, j + 1] * s
                        ) * t
                        fade = min(max((3.2 - far) / 1.4, 0.0), 1.0)
                        shadow = 0.48 * sky * sky + 0.52 * sun
                        level = 1.0 + fade * (shadow - 1.0)
                light_here = backdrop[row, column] * level
                for channel in range(3):
                    out[row, column, channel] = light_here * tint[channel]
                continue
            a[:] = 0.0
            for corner in range(3):
                weight = barycentric[row, column, corner]
                vertex = triangles[f, corner]
                for k in range(13):
                    a[k] += weight * attributes[vertex, k]
            # Normal map: frames as shaders rebuild them, see tangents.py.
            sign = 1.0 if a[9] > 0.0 else -1.0
            bx, by, bz = (
                sign * (a[4] * a[8] - a[5] * a[7]),
                sign * (a[5] * a[6] - a[3] * a[8]),
                sign * (a[3] * a[7] - a[4] * a[6]),
            )
            u, v = a[10], a[11]
            mx = _bilinear(normal_map, u, v, 0) / 127.5 - 1.0
            my = _bilinear(normal_map, u, v, 1) / 127.5 - 1.0
            mz = _bilinear(normal_map, u, v, 2) / 127.5 - 1.0
            nx = mx * a[6] + my * bx + mz * a[3]
            ny = mx * a[7] + my * by + mz * a[4]
            nz = mx * a[8] + my * bz + mz * a[5]
            inverse = 1.0 / max(math.sqrt(nx * nx + ny * ny + nz * nz), 1e-9)
            nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
            facing = -(nx * dx + ny * dy + nz * dz)
            rough = roughness
            if rough_map.shape[0] > 1:
                rough = _bilinear(rough_map, u, v, 1) / 255.0
            sky = a[12]
            sun = 0.0
            cosine = nx * key[0] + ny * key[1] + nz * key[2]
            if cosine > -0.25:
                for light in range(lights):
                    sun += _lit(a[0] + 0.012 * a[3], a[1] + 0.012 * a[4], a[2] + 0.012 * a[5],
                                frames[light], depths[light], 0.015)  # fmt: skip
                sun /= lights
            # A little of the light creeps around the edge of the shade, as in matter that light enters.
            wrapped = max(0.0, (cosine + 0.18) / 1.18)
            back = max(0.0, nx * rim[0] + ny * rim[1] + nz * rim[2])
            up = 0.5 + 0.5 * nz
            ambient_open = 0.30 + 0.70 * sky
            near_floor = min(max((a[2] - floor) * 1.2 + 0.35, 0.35), 1.0)
            diffuse_key = 0.86 * wrapped * sun
            ambient = (0.52 * up * sky * ambient_open) + 0.26 * (1.0 - up) * near_floor * ambient_open
            diffuse_rim = 0.16 * back * sky
            # Mirror direction against broad lamps: key, rim, and a faint sky.
            rx, ry, rz = dx + 2.0 * facing * nx, dy + 2.0 * facing * ny, dz + 2.0 * facing * nz
            hardness = 9.0 + 50.0 * (1.0 - rough) * (1.0 - rough)
            polish = 1.0 - 0.75 * rough
            fresnel = (
                0.04
                + 0.5 * (1.0 - rough) * (1.0 - min(max(facing, 0.0), 1.0)) ** 5
                + 0.10 * (1.0 - min(max(facing, 0.0), 1.0)) ** 4
            )
            gloss = (
                2.4 * _softbox(rx * key[0] + ry * key[1] + rz * key[2], hardness) * sun
                + 1.4 * _softbox(rx * rim[0] + ry * rim[1] + rz * rim[2], hardness) * sky
                + 0.55 * (0.5 + 0.5 * rz) * sky
            )
            for channel in range(3):
                # Textures are bytes in sRGB; neighbours are mixed there, which no eye can tell at this size.
                value = _bilinear(base, u, v, channel)
                step = min(int(value), 254)
                albedo = linear[step] + (value - step) * (linear[step + 1] - linear[step])
                # Warm key, cool rim, neutral sky.
                warm = 1.03 if channel == 0 else (1.0 if channel == 1 else 0.95)
                cool = 0.94 if channel == 0 else (1.0 if channel == 1 else 1.08)
                light_here = diffuse_key * warm + diffuse_rim * cool + ambient
                out[row, column, channel] = albedo * light_here + fresnel * polish * gloss
