"""What lies under water: the water as a body that light is lost and scattered in, its surface from below, and caustics. Made for Cycles.

The surface is z = 0. Caustics are a graph: the light that a waving surface lets through, gathered where its slopes throw it together. The surface's
shadow is coloured by it (a gobo), so that it falls on everything below, moves with the scene's time, and shows as shafts where water scatters it.

Light's way is straight for Cycles, so what bends at the surface is put where it bends to: the sun stands steeper (Snell), the sky shines through a cone of
48.6 degrees about the zenith only, and is brighter there. Water takes less from daylight on its way down (diffuse attenuation) than from a view, since light
that is scattered forward still arrives (Kirk, Light and Photosynthesis in Aquatic Ecosystems, 1994, ch. 6): it asks what kind of ray goes through.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from ...params import param
from ..graph import Socket, Tree, new_material, new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group
from .sky import Air, sunlight
from .volumes import volume_box

GROUP_KEY = "dreamgrove_caustics"
VERSION = 1
IOR = 1.335  # sea water, green
BEND = 1.0 - 1.0 / IOR  # a ray from above is turned by so much of the surface's slope
CRITICAL = math.asin(1.0 / IOR)  # from the zenith: beyond it the surface mirrors
LOSS = np.array(
    [0.24, 0.055, 0.022]
)  # absorption of clear sea water at 610, 540, 470 nm, 1/m (Pope and Fry 1997, rounded; some algae)
ONCE = (
    0.45  # share of the scattering that is traced; the rest is so near to the ray's own way that it is as good as lost
)
NUM_WAVES = 9
SHORTEST = 0.19  # of the longest wave
FOCUS = 0.6  # curvature times lens length at the focal depth, rms; near 1 all light is in folds
DEEPEST = 1.2  # of the focal depth: beyond, light is held as it is there, and fades


@dataclass(frozen=True)
class CausticsParams:
    """Metres and seconds."""

    wave: float = param(2.8, "Length of the longest waves", min=0.05, max=50.0, unit="m")
    focal: float = param(6.0, "Depth at which the light is sharpest", min=0.05, max=100.0, unit="m")
    soft: float = param(0.13, "From sharp lines, 0, to soft ones", min=0.02, max=0.5)
    contrast: float = param(1.0, "0 for even light, as under clouds", min=0.0, max=1.0)
    patches: float = param(0.35, "How much wave groups brighten and darken wide patches", min=0.0, max=1.0)
    dispersion: float = param(0.012, "How far colours part", min=0.0, max=0.2)
    speed: float = param(1.0, "Pace of the waves, 1 for water's own", min=0.0, max=10.0)


@dataclass(frozen=True)
class Water:
    """A body of water. Lengths in m."""

    sight: float = param(32.0, "How far one sees", min=0.5, max=80.0, unit="m")
    redness: float = param(1.0, "How much of its red the water takes, 1 for the sea", min=0.0, max=2.0)
    forward: float = param(0.7, "How far it throws light forward", min=-0.9, max=0.95)
    glow: float = param(1.0, "Light that has been scattered many times", min=0.0, max=5.0)
    chop: float = param(1.0, "How ruffled the surface is, seen from below", min=0.0, max=4.0)
    waves: CausticsParams = CausticsParams()

    @property
    def scattering(self) -> float:
        """1/m; `sight` is where two hundredths of green contrast are left (Koschmieder)."""
        return max(3.9 / self.sight - float(LOSS[1]), 0.01)

    @property
    def absorption(self) -> np.ndarray:
        """[3] 1/m."""
        return LOSS * np.array([self.redness, 1.0, 1.0])

    @property
    def extinction(self) -> np.ndarray:
        """[3] 1/m: what a view loses."""
        return self.absorption + self.scattering

    @property
    def attenuation(self) -> np.ndarray:
        """[3] 1/m: what daylight loses on its way down."""
        return self.absorption + 0.1 * self.scattering


# Waves and the light that they gather --------------------------------------------------------------------------------


def wave_set() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wave numbers [W, 2] (rad for a longest wave of 1 m), slopes [W] (rms 1 for the sum's curvature), phases [W]."""
    rng = np.random.default_rng(5)
    length = np.exp(np.linspace(0.0, math.log(SHORTEST), NUM_WAVES) + rng.uniform(-0.1, 0.1, NUM_WAVES))
    # The golden ratio's turns leave no direction out.
    angle = np.arange(NUM_WAVES) * 0.381966 * 2.0 * math.pi + rng.uniform(-0.2, 0.2, NUM_WAVES)
    number = 2.0 * math.pi / length
    curvature = np.sqrt(length)
    curvature /= math.sqrt(float((curvature**2).sum()) / 2.0)
    ways = np.stack([np.cos(angle), np.sin(angle)], -1)
    return ways * number[:, None], curvature / number, rng.uniform(0.0, 2.0 * math.pi, NUM_WAVES)


def caustics_group() -> bpy.types.NodeTree:
    """This file's group, or a new one."""
    return kept_group(GROUP_KEY, VERSION, lambda: build(CausticsParams()))


def build(p: CausticsParams) -> bpy.types.NodeTree:
    """The shader group: Place (vector, m; x and y count), Depth (m) and Seconds to Light (1 in the mean) and Slope (vector).

    Light at a point q of the bottom comes through the surface's point x with q = x - BEND depth slope(x), and is 1 / |det dq/dx| (conservation of
    energy; as photon maps do it, without photons). x is found by two damped steps of x <- q + BEND depth slope(x); where light folds over itself, one
    of the ways is taken. The mean is kept by a fit to what the formula yields, good to 3 %.
    """
    with new_tree("Caustics", p, kind="shader") as tree:
        place, depth, seconds = (
            tree.socket_input(name, kind, number)
            for number, (name, kind) in enumerate(
                (("Place", "NodeSocketVector"), ("Depth", "NodeSocketFloat"), ("Seconds", "NodeSocketFloat"))
            )
        )
        i = tree.i
        with tree.frame("Waves"):
            waves = _Waves(tree, seconds)
            x, y = place.x, place.y
            slope = waves.slope(x, y)
        with tree.frame("Where the light came in"):
            share = n.minimum(depth / i.focal, DEEPEST)
            reach = share * i.focal * BEND
            step = reach * 0.6
            x1, y1 = x + slope[0] * step, y + slope[1] * step
            again = waves.slope(x1, y1)
            x2 = x1 * 0.4 + (x + again[0] * reach) * 0.6
            y2 = y1 * 0.4 + (y + again[1] * reach) * 0.6
        with tree.frame("How it is gathered"):
            xx, yy, xy = waves.curvature(x2, y2)
            trace, product = xx + yy, xx * yy - xy * xy
            soft = n.math("MULTIPLY", i.soft, i.soft)
            lights = []
            for part in (-1.0, 0.0, 1.0):
                r = reach * (i.dispersion * part + 1.0)
                det = r * (product * r - trace) + 1.0
                lights.append(n.math("INVERSE_SQRT", det * det + soft))
            light = n.combine_xyz(*lights)
        with tree.frame("Energy"):
            focus = n.math("POWER", share * FOCUS, 3.2)
            most = 1.0 - focus * (n.math("LOGARITHM", i.soft, math.e) * 0.66 + 0.62)
            light = light * (n.sqrt(soft + 1.0) / most)
            blur = n.math("EXPONENT", n.maximum(depth / i.focal - DEEPEST, 0.0) * -0.4)
            groups = n.noise(place / (i.wave * 1.6), scale=1.0, detail=1.0, w=seconds * i.speed * 0.25) - 0.5
            light = n.mix(i.contrast * blur, (1.0, 1.0, 1.0), light * (groups * i.patches * 3.0 + 1.0))
        tree.o.light << light
        tree.o.slope << n.combine_xyz(*slope, 0.0)
    tree.data[GROUP_KEY] = VERSION
    return tree.data


class _Waves:
    """Nodes of the wave set, three waves a vector. Deep-water waves: frequency sqrt(g k)."""

    def __init__(self, tree: Tree, seconds: Socket) -> None:
        i = tree.i
        number, slope, phase = wave_set()
        length = np.linalg.norm(number, axis=1)
        pace = seconds * i.speed / n.sqrt(i.wave)
        self.inverse = 1.0 / i.wave
        self.threes = []
        for k in range(0, NUM_WAVES, 3):
            of = slice(k, k + 3)
            way = number[of] / length[of, None]
            bend = slope[of] * length[of]  # curvature, of a rms of 1 in all
            moving = n.vector_math("MULTIPLY_ADD", pace, _three(-np.sqrt(9.81 * length[of])), _three(phase[of]))
            self.threes.append((moving, number[of], slope[of], way, bend))
        # Slopes that focus light at `focal`: FOCUS = BEND focal curvature, and a slope is a curvature times a length.
        self.bent = FOCUS / (i.focal * BEND)
        self.steep = self.bent * i.wave

    def _phases(self, x: Socket, y: Socket) -> list[Socket]:
        x, y = x * self.inverse, y * self.inverse
        found = []
        for moving, number, *_ in self.threes:
            first = n.vector_math("MULTIPLY_ADD", y, _three(number[:, 1]), moving)
            found.append(n.vector_math("MULTIPLY_ADD", x, _three(number[:, 0]), first))
        return found

    def slope(self, x: Socket, y: Socket) -> tuple[Socket, Socket]:
        """The surface's slope along x and y."""
        along: list[Socket] = []
        waving = [n.vector_math("COSINE", phase) for phase in self._phases(x, y)]
        for axis in (0, 1):
            parts = [
                wave.dot(_three(slope * way[:, axis]))
                for wave, (_, _, slope, way, _) in zip(waving, self.threes, strict=True)
            ]
            along.append((parts[0] + parts[1] + parts[2]) * self.steep)
        return along[0], along[1]

    def curvature(self, x: Socket, y: Socket) -> tuple[Socket, Socket, Socket]:
        """Second derivatives of the height: xx, yy, xy; 1/m."""
        waving = [n.vector_math("SINE", phase) for phase in self._phases(x, y)]
        found = []
        for a, b in ((0, 0), (1, 1), (0, 1)):
            parts = [
                wave.dot(_three(-bend * way[:, a] * way[:, b]))
                for wave, (_, _, _, way, bend) in zip(waving, self.threes, strict=True)
            ]
            found.append((parts[0] + parts[1] + parts[2]) * self.bent)
        return found[0], found[1], found[2]


def _three(values: np.ndarray) -> tuple[float, float, float]:
    return tuple(float(each) for each in values)  # type: ignore[return-value]


def seconds_of(tree: Tree) -> Socket:
    """The scene's time, s, by a driver: a shader has no node for it."""
    node = tree.add("ShaderNodeValue", label="Seconds")
    driver = node.data.outputs[0].driver_add("default_value").driver
    for name, path in (("fps", "render.fps"), ("base", "render.fps_base")):
        variable = driver.variables.new()
        variable.name, variable.type = name, "CONTEXT_PROP"
        variable.targets[0].context_property = "ACTIVE_SCENE"
        variable.targets[0].data_path = path
    driver.expression = "frame * base / fps"
    return node.as_socket()


# The surface ------------------------------------------------------------------------------------------------------------


def surface(name: str, water: Water, to_sun: Vector, half: float) -> bpy.types.Object:
    """A sheet at z = 0, not linked yet: from below a waving mirror with the sky in Snell's window, for the light a pane of caustics.

    to_sun: where the sun stands for who is in the water, a unit vector. half: half its side, m.
    """
    with new_material(name) as tree:
        light_path = tree.add("ShaderNodeLightPath")
        geometry = tree.add("ShaderNodeNewGeometry")
        place, way = geometry["Position"], geometry["Incoming"] * -1.0
        long = light_path["Ray Length"]
        with tree.frame("Caustics"):
            waves = tree.group(caustics_group())
            p = water.waves
            waves.set(
                {
                    "Place": place, "Depth": long * abs(way.z), "Seconds": seconds_of(tree), "Wave": p.wave, "Focal": p.focal, "Soft": p.soft,
                    "Contrast": p.contrast, "Patches": p.patches, "Dispersion": p.dispersion, "Speed": p.speed,
                }
            )  # fmt: skip
        with tree.frame("A pane for light"):
            of_sun = way.dot(tuple(to_sun)) > math.cos(math.radians(1.0))
            cone = n.smoothstep(way.z, math.cos(CRITICAL) - 0.04, math.cos(CRITICAL) + 0.04) * (0.95 * IOR * IOR)
            first = (light_path["Diffuse Depth"] < 0.5) * of_sun
            even = tree.add("ShaderNodeBsdfTransparent", color=n.mix(of_sun, cone, 1.0))
            bright = tree.add("ShaderNodeBsdfTransparent", color=waves["Light"])
            # Mix Shader leaves out what counts for nothing: the caustics are worked out for sunlight's first bounce only.
            pane = tree.add("ShaderNodeMixShader", first, even, bright)
        with tree.frame("Seen from below"):
            ripples = n.noise(place, scale=1.9, detail=3.0, roughness=0.55, w=waves_time(tree, waves) * 0.6)
            fine = tree.add("ShaderNodeBump", height=ripples, distance=0.12 * water.chop, strength=1.0)
            normal = (fine.as_socket() - waves["Slope"] * (1.3 * water.chop)).normalized()
            glass = tree.add("ShaderNodeBsdfGlass", ior=IOR, roughness=0.0, normal=normal)
            seen = n.maximum(light_path["Is Camera Ray"], light_path["Is Singular Ray"])
        tree.add("ShaderNodeOutputMaterial", surface=tree.add("ShaderNodeMixShader", seen, pane, glass))
    tree.owner.diffuse_color = (0.5, 0.8, 0.9, 0.3)
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)], [], [(0, 1, 2, 3)])
    mesh.materials.append(tree.owner)
    obj = bpy.data.objects.new(name, mesh)
    obj["dreamgrove_class"] = "water surface"
    obj.display_type = "BOUNDS"
    obj.hide_select = True
    return obj


def waves_time(tree: Tree, waves: object) -> Socket:
    """What feeds the group's Seconds."""
    socket = waves.data.inputs["Seconds"]  # type: ignore[attr-defined]
    return Socket(tree, socket.links[0].from_socket)


# The water --------------------------------------------------------------------------------------------------------------


def body(name: str, water: Water, daylight: np.ndarray, deep: float, half: float) -> bpy.types.Object:
    """The water as a box of even volume from z = 0 down, not linked yet: what it takes, what it scatters once, and what it has scattered often.

    daylight: [3] irradiance on the surface. deep: how far below the surface the scene lies, m. half: half its side, m.
    """
    down = daylight * np.exp(-water.attenuation * deep) / math.pi
    veil = down * water.scattering / water.extinction * water.glow
    with new_material(name) as tree:
        path = tree.add("ShaderNodeLightPath")
        seen = n.maximum(path["Is Camera Ray"], path["Is Singular Ray"])
        # Other rays are light on its way to a surface: nothing is sought along them, which makes pictures twice as fast.
        seen_loss, way_loss = water.extinction - water.scattering * ONCE, water.attenuation
        seen_light, way_light = veil * water.extinction * 0.12, veil * water.attenuation * 0.5
        most = float(max(seen_loss.max(), way_loss.max()))
        strength = max(float(max(seen_light.max(), way_light.max())), 1e-9)

        def either(way: np.ndarray, view: np.ndarray) -> Socket:
            return n.mix(seen, n.color(_three(way)), n.color(_three(view)))

        once = tree.add("ShaderNodeVolumeScatter", density=seen * (water.scattering * ONCE), anisotropy=water.forward)
        once.set(color=(1.0, 1.0, 1.0, 1.0))
        lost = tree.add("ShaderNodeVolumeAbsorption", color=either(1.0 - way_loss / most, 1.0 - seen_loss / most))
        lost.set(density=most)
        often = tree.add("ShaderNodeEmission", color=either(way_light / strength, seen_light / strength))
        often.set(strength=strength)
        both = tree.add("ShaderNodeAddShader", once, lost)
        tree.add("ShaderNodeOutputMaterial", volume=tree.add("ShaderNodeAddShader", both, often))
    tree.owner.diffuse_color = (0.1, 0.4, 0.6, 0.1)
    # The surface lies just within.
    return volume_box(name, (-half, -half, -10.0 * deep - 100.0), (half, half, 0.01), tree.owner)


def refracted(to_sun: Vector) -> Vector:
    """Where the sun is seen from below level water (Snell); a sun below the horizon as one on it."""
    flat = Vector((to_sun.x, to_sun.y, 0.0))
    sine = min(flat.length, 1.0) if to_sun.z > 0.0 else 1.0
    flat = flat.normalized() * (sine / IOR)
    return Vector((flat.x, flat.y, math.sqrt(1.0 - (sine / IOR) ** 2)))


def let_in(cosine: float) -> float:
    """Share of unpolarised light that enters level water (Fresnel). cosine: of the angle from the zenith in air."""
    cosine = max(cosine, 0.0)
    inside = math.sqrt(1.0 - (1.0 - cosine * cosine) / (IOR * IOR))
    across = (cosine - IOR * inside) / (cosine + IOR * inside)
    along = (IOR * cosine - inside) / (IOR * cosine + inside)
    return 1.0 - (across * across + along * along) / 2.0


def sink_lamp(lamp: bpy.types.Object) -> Vector:
    """Turn a sun lamp as water bends its light, weaken it by what is mirrored; what falls on level ground stays else. Returns where it stands now."""
    lamp.rotation_mode = "XYZ"
    above = (lamp.rotation_euler.to_matrix() @ Vector((0.0, 0.0, 1.0))).normalized()
    below = refracted(above)
    height = max(above.z, 0.0)
    lamp.data.energy *= let_in(height) * height / below.z
    lamp.data.angle /= IOR
    lamp.rotation_euler = below.to_track_quat("Z", "Y").to_euler()
    lamp.location = below * 100.0
    return below


def daylight(elevation: float, air: Air) -> np.ndarray:
    """Irradiance [3] of sun and sky on level water, about; clouds take their part. elevation: of the sun, rad."""
    sun = sunlight(elevation, air.haze) * air.sunlight * max(math.sin(elevation), 0.0)
    sky = np.array([0.35, 0.45, 0.6]) * air.skylight * (0.05 + max(math.sin(elevation), 0.0))
    return (sun + sky) * (1.0 - 0.55 * air.clouds * air.thick)
