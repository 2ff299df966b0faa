"""Flowering plants: stems that stand together, leaves along them, heads at their tips, discs of florets."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..graph import Socket
from ..graph import nodes as n
from ..graph.builder import current_tree
from ..graph.parts import grouped
from ..graph.sockets import Input, math
from .leaves import Arc, Sheet, frame, lay, leaf_outline, marked, saw, sheets, stalk, stalks, standing, tinted, wavy
from .plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from .shapes import count

FRONT = -TAU / 4  # towards -Y


class Stand(NamedTuple):
    """Stems that grow from one place. spread: lean of the outermost, rad; bend: how they sway; nod: of their tips, rad."""

    flowers: Input
    height: Input
    spread: Input
    bend: Input
    nod: Input
    seed: Input
    crook: Callable[[Input], Input] | None = None  # number of a stem -> how far its last part hooks over besides, rad

    def arc(self, number: Input) -> Arc:
        """The stem of that number; one alone leans to the front."""
        share = (number + 0.5) / n.maximum(self.flowers, 1)
        many = self.flowers > 1
        ring = n.sqrt(share) * many
        around = n.switch(many, FRONT, number * GOLDEN_ANGLE + self.seed * 1.31) + draw(
            self.seed, 501, -0.35, 0.35, number
        )
        lean = ring * self.spread + draw(self.seed, 502, -0.05, 0.09, number)
        sway = draw(self.seed, 503, -1.0, 1.0, number) * self.bend
        nod = self.nod * draw(self.seed, 504, 0.7, 1.2, number)
        length = self.height * draw(self.seed, 505, 0.84, 1.0, number) * (1.0 - ring * ring * 0.14)

        def turn(at: Input) -> Socket:
            bent = lean + n.sin(at * 4.4) * sway + n.math("POWER", n.maximum(at, 0.0), 5.0) * nod
            if self.crook is None:
                return bent
            return bent + n.math("POWER", n.maximum(at, 0.0), 9.0) * self.crook(number)

        return Arc(direction(around) * (ring * self.height * 0.03), around, turn, length)

    @grouped("Stems")
    def stems(self, radius: Input, detail: Input, foot: Input = 1.35) -> Socket:
        """Closed tubes, a little thicker at the foot, with `limb`."""
        tubes = stalks(self.flowers, count(detail, 10, 5), count(detail, 28, 10))
        own = draw(self.seed, 506, 0.85, 1.1, tubes.number)
        mesh = stalk(tubes, self.arc(tubes.number), radius * own * n.mix(tubes.along, foot, 0.85))
        return n.store(mesh, "random", draw(self.seed, 507, of=tubes.number))  # type: ignore[return-value]

    @grouped("Heads on Stems")
    def heads(self, variants: Socket, scale: Input = 1.0, pick: Input = None) -> Socket:
        """Instances of the heads at the tips, each spun another way."""
        points = n.points(self.flowers)
        number = n.index()
        arc = self.arc(number)
        tip = frame(arc, 1.0)
        turned = standing(tip, arc.azimuth, draw(self.seed, 508, 0.0, TAU, number))
        points, turned = n.capture(points, turned)
        points, size = n.capture(points, scale * draw(self.seed, 509, 0.85, 1.1, number))
        picked = pick if pick is not None else n.math("FLOOR", draw(self.seed, 510, 0.0, 2.999, number))
        points, picked = n.capture(points, picked)
        points = n.set_position(points, tip.point)
        return n.instance_on(points, variants, rotation=turned, scale=size, pick=picked)


def variants(*parts: Input) -> Socket:
    """Geometries as instances that `pick` chooses among, by their order."""
    tree = current_tree()
    # instances are joined the other way round than meshes: the last one linked comes first
    return n.join(*[tree.add("GeometryNodeGeometryToInstance", geometry=[part]).as_socket() for part in parts[::-1]])


@grouped("Disc of Florets")
def disc(
    florets: Input, part: Socket, radius: Input, height: Input, size: Input, seed: Input, tint: Socket | None = None
) -> Socket:
    """Florets on a dome by the golden angle, realised: equal areas a floret (Vogel 1979).

    part: a floret along +Z of unit size; radius, height: of the dome, m; size: m, may be a field of `share()`; tint the same.
    """
    points = n.points(florets)
    share = (n.index() + 0.5) / n.maximum(florets, 1)
    out = n.sqrt(share)
    angle = n.index() * GOLDEN_ANGLE
    flat = direction(angle)
    at = flat * (out * radius) + n.combine_xyz(0.0, 0.0, (1.0 - share) * height)
    slope = flat * (out * height * 2.0 / n.maximum(radius, 1e-5)) + (0.0, 0.0, 1.0)
    points, number = n.capture(points, n.index())
    points, turned = n.capture(points, n.align_to(slope, "Z"))
    points, scale = n.capture(points, size * draw(seed, 521, 0.85, 1.15, number))
    points = n.set_position(points, at)
    made = n.instance_on(points, part, rotation=turned, scale=scale)
    if tint is not None:
        made = n.store(made, "tint", tint, domain="INSTANCE")
    made = n.store(made, "random", draw(seed, 522, of=n.index()), domain="INSTANCE")
    return n.realize(made)


def share_of(florets: Input) -> Socket:
    """0 in the middle of a disc, 1 at its rim, by area; for `disc`'s fields."""
    return (n.index() + 0.5) / n.maximum(florets, 1)


class Foliage(NamedTuple):
    """How leaves look: length and width, m; teeth on a rim and their depth as a share of the width; fold of the halves, rad."""

    length: Input
    width: Input
    belly: Input = 0.45
    point: Input = 1.1
    neck: Input = 0.08
    teeth: Input = 0
    depth: Input = 0.0
    fold: Input = 0.5
    wave: Input = 0.25
    hook: float = 0.75
    petiole: float = 0.0  # share of the length that is stalk

    def blades(self, sheet: Sheet, arc: Arc, size: Input, seed: Input) -> Socket:
        """Sheets as such leaves on arcs; size: a share of the length and width, by copy."""
        s = sheet.along
        blade = s if not self.petiole else n.maximum(s - self.petiole, 0.0) / (1.0 - self.petiole)
        outline = leaf_outline(blade, self.belly, self.point, self.neck)
        if not isinstance(self.teeth, int) or self.teeth:
            cut = (
                (1.0 - saw(s, self.teeth, self.hook))
                * self.depth
                * n.smoothstep(s, 0.02, 0.2)
                * n.smoothstep(s, 1.0, 0.9)
            )
            outline = outline * (1.0 - cut)
        half = self.width * 0.5 * size * outline
        lift = half * abs(sheet.across) * math("TANGENT", math("MULTIPLY", self.fold, 0.5))
        if self.petiole:
            lift = lift * n.smoothstep(s, self.petiole * 0.9, self.petiole * 1.4)
        lift = lift + wavy(sheet, 5.0, seed) * self.width * size * self.wave
        return lay(sheet, arc, half, lift=lift)


def leaf_arc(stem: Arc, at: Input, azimuth: Input, lean: Input, curl: Input, length: Input) -> Arc:
    """A leaf that leaves a stem at a place, leaning from upright by `lean`, turned further by `curl` on its way (rad)."""
    place = frame(stem, at)
    return Arc(place.point, azimuth, lambda t: lean + n.math("POWER", n.maximum(t, 0.0), 1.3) * curl, length)


@grouped("Rosette")
def rosette(
    leaves: Input, foliage: Foliage, color: Input, lean: tuple[float, float], curl: Input, seed: Input, detail: Input,
    mesh: tuple[int, int] = (6, 18), salt: int = 530, wilt: Input = 0.0,
) -> Socket:  # fmt: skip
    """Leaves from the ground: outer ones (lean[1], rad from upright) larger than the inner ones (lean[0])."""
    sheet = sheets(leaves, count(detail, mesh[0], 2), count(detail, mesh[1], 6))
    number = sheet.number
    age = (number + 0.5) / n.maximum(leaves, 1)
    azimuth = number * GOLDEN_ANGLE + seed * 2.1 + draw(seed, salt, -0.25, 0.25, number)
    leaning = n.mix(age, lean[0], lean[1]) + draw(seed, salt + 1, -0.15, 0.15, number) + wilt * 0.3
    bent = curl * draw(seed, salt + 2, 0.5, 1.4, number) + wilt * 0.5
    size = n.mix(age, 0.55, 1.0) * draw(seed, salt + 3, 0.8, 1.1, number)
    root = direction(azimuth) * (foliage.length * 0.03)
    arc = Arc(root, azimuth, lambda t: leaning + t * bent, foliage.length * size)
    blades = foliage.blades(sheet, arc, size, seed + salt)
    return marked(blades, leaf_tint(color, sheet, age, seed, salt, wilt), draw(seed, salt + 4, of=number), age)


def leaf_tint(color: Input, sheet: Sheet, age: Input, seed: Input, salt: int, wilt: Input = 0.0) -> Socket:
    """A plant's green: leaf by leaf lighter or darker, older ones yellower, wilted ones brown from the rim."""
    own = draw(seed, salt + 5, 0.85, 1.18, sheet.number)
    green = tinted(color, own * (0.85 + sheet.along * 0.25))
    warm = n.mix(
        math("MULTIPLY", age, 0.14) * draw(seed, salt + 6, of=sheet.number), green, n.color((0.28, 0.22, 0.03))
    )
    edge = n.maximum(abs(sheet.across), sheet.along) + draw(seed, salt + 7, -0.2, 0.2, sheet.number)
    return n.mix(n.smoothstep(edge + math("MULTIPLY", wilt, 1.2), 1.0, 1.5), warm, n.color((0.2, 0.12, 0.04)))


@grouped("Sprays on Stems")
def stem_sprays(
    stand: Stand, each: Input, spray: Socket, reach: tuple[float, float], lean: Input, size: tuple[float, float], spin: float = 2.4
) -> Socket:  # fmt: skip
    """Instances of a spray (a compound leaf, say, that lies along +X) along every stem; lean: rad from upright."""
    points = n.points(stand.flowers * each)
    number, seed = n.index(), stand.seed
    stem = n.math("FLOOR", (number + 0.5) / n.maximum(each, 1))
    place = (number - stem * each + 0.5) / n.maximum(each, 1)
    at = frame(stand.arc(stem), n.mix(place, reach[0], reach[1]) + draw(seed, 570, -0.03, 0.03, number))
    tilt = math("SUBTRACT", lean, TAU / 4) + draw(seed, 571, -0.3, 0.2, number)
    turned = n.combine_xyz(draw(seed, 572, -0.25, 0.25, number), tilt, number * spin + stem * 1.7)
    points, turned = n.capture(points, turned)
    points, scale = n.capture(points, n.mix(place, size[0], size[1]) * draw(seed, 573, 0.8, 1.15, number))
    points, own = n.capture(points, draw(seed, 574, of=number))
    made = n.instance_on(n.set_position(points, at.point), spray, rotation=turned, scale=scale)
    return n.store(made, "age", 1.0 - own * 0.5, domain="INSTANCE")  # type: ignore[return-value]


@grouped("Leaves on Stems")
def stem_leaves(
    stand: Stand, each: Input, foliage: Foliage, color: Input, reach: tuple[float, float], lean: Input, curl: Input,
    detail: Input, mesh: tuple[int, int] = (6, 16), sizes: tuple[float, float] = (1.0, 0.4), wilt: Input = 0.0, spin: float = 2.2,
) -> Socket:  # fmt: skip
    """Leaves along every stem of a stand. each: how many a stem; reach: between what places of the stem; sizes: at those two."""
    sheet = sheets(stand.flowers * each, count(detail, mesh[0], 2), count(detail, mesh[1], 6))
    number, seed = sheet.number, stand.seed
    stem = n.math("FLOOR", (number + 0.5) / n.maximum(each, 1))
    place = (number - stem * each + 0.5) / n.maximum(each, 1)
    at = n.mix(place, reach[0], reach[1]) + draw(seed, 560, -0.03, 0.03, number)
    azimuth = number * spin + stem * 1.9 + draw(seed, 561, -0.4, 0.4, number)
    size = n.mix(place, sizes[0], sizes[1]) * draw(seed, 562, 0.82, 1.1, number)
    leaning = lean + draw(seed, 563, -0.2, 0.2, number) + math("MULTIPLY", wilt, 0.8)
    bent = curl * draw(seed, 564, 0.5, 1.5, number) + math("MULTIPLY", wilt, 0.8)
    arc = leaf_arc(stand.arc(stem), at, azimuth, leaning, bent, foliage.length * size)
    blades = foliage.blades(sheet, arc, size, seed + 560)
    tint = leaf_tint(color, sheet, 1.0 - place, seed, 565, wilt)
    return marked(blades, tint, draw(seed, 569, of=number), 1.0 - place)
