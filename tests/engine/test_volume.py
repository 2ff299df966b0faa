"""The volume renderer against closed forms, its kernels against plain torch, its gradients against finite differences."""

import math

import numpy as np
import pytest
import torch

from dreamgrove.engine.fields import Blob, Field, FieldSamples, GridStart, HashGridField, HashGridParams
from dreamgrove.engine.rendering import ray_sampling, volume
from dreamgrove.engine.rendering.cameras import orbit, random_orbit
from dreamgrove.engine.rendering.compositing import composite, composite_reference
from dreamgrove.engine.rendering.occupancy import Occupancy
from dreamgrove.engine.rendering.ray_sampling import RaySampling, sample_rays, sample_rays_reference
from dreamgrove.engine.rendering.shading import Light, random_light, shade
from dreamgrove.engine.rendering.volume import render

SMALL = HashGridParams(levels=6, log2_rows=10, coarsest=4, finest=48, hidden=16)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


class Medium(Field):
    """A given density; albedo is the position, so that pictures tell where they looked."""

    def __init__(self, sigma):
        super().__init__()
        self.sigma = sigma

    def evaluate(self, points, normals=False):
        outwards = torch.nn.functional.normalize(points, dim=-1) if normals else None
        return FieldSamples(self.sigma(points), 0.5 * (points + 1.0), outwards)


def ball(radius, density):
    return Medium(lambda p: density * (p.norm(dim=-1) < radius).float())


def ball_draft(radius=0.6, size=48):
    t = (np.arange(size, dtype=np.float32) + 0.5) * 2 / size - 1
    grid = np.stack(np.meshgrid(t, t, t, indexing="ij"), -1)
    sdf = np.clip(np.linalg.norm(grid, axis=-1) - radius, -0.15, 0.15).astype(np.float32)
    return sdf, np.full((*sdf.shape, 3), [0.6, 0.2, 0.1], np.float32)


def drafted_field(seed=0, trained=False):
    field = HashGridField(GridStart(*ball_draft(), width=0.02), SMALL, seeded(seed))
    if trained:
        with torch.no_grad():
            field.w2.copy_(0.3 * torch.randn(field.w2.shape, generator=seeded(seed + 1)))
    return field


def chords(cameras, height, width, radius):
    """Where rays enter and leave a ball: two [B, 1, H, W], equal where they miss."""
    origins, directions = (x.double() for x in cameras.rays(height, width))  # float32 is off by 1e-3 at the rim
    middle = -(origins * directions).sum(-1)
    half = (middle**2 - (origins**2).sum(-1) + radius**2).clamp_min(0).sqrt()
    return (middle - half)[:, None].float(), (middle + half)[:, None].float()


# -- closed forms ---------------------------------------------------------------------------------


def test_constant_medium_is_exact():
    """Bins tile the way through the sphere, so a constant density is integrated exactly, with any number of samples."""
    cameras = orbit(torch.tensor([0.3, 2.5]), torch.tensor([0.2, 0.9]))
    near, far = chords(cameras, 24, 24, 1.0)
    for samples in (2, 7, 40):
        views = render(
            Medium(lambda p: torch.full((len(p),), 1.5)), cameras, 24, 24, Occupancy(16), sampling=RaySampling(samples)
        )
        assert torch.allclose(views.alpha, 1 - torch.exp(-1.5 * (far - near)), atol=2e-5)


def test_depth_and_colour_of_a_constant_medium():
    cameras = orbit(torch.tensor([0.3, 2.5]), torch.tensor([0.2, 0.9]))
    near, far = chords(cameras, 24, 24, 1.0)
    sigma, way = 1.5, far - near
    views = render(
        Medium(lambda p: torch.full((len(p),), sigma)), cameras, 24, 24, Occupancy(32),
        sampling=RaySampling(400, spacing=0.1, uniform=1.0),
    )  # fmt: skip
    depth = near + 1 / sigma - way * torch.exp(-sigma * way) / (1 - torch.exp(-sigma * way)).clamp_min(1e-9)
    hit = way > 0.05
    assert (views.depth - depth)[hit].abs().max() < 2e-3
    origins, directions = (x.permute(0, 3, 1, 2) for x in cameras.rays(24, 24))
    color = 0.5 * (origins + directions * depth + 1) * views.alpha  # albedo is linear in the position
    assert ((views.rgb - color).abs() * hit).max() < 2e-3


def test_exponential_medium():
    """sigma = 2 exp(1.7 z) has a closed optical depth along any ray."""
    cameras = random_orbit(seeded(1), 3)
    near, far = chords(cameras, 20, 20, 1.0)
    origins, directions = (x.permute(0, 3, 1, 2)[:, 2:] for x in cameras.rays(20, 20))
    k = 1.7 * directions
    expected = 2 * torch.exp(1.7 * origins) * (torch.exp(k * far) - torch.exp(k * near)) / k
    medium = Medium(lambda p: 2 * torch.exp(1.7 * p[:, 2]))
    occupancy = Occupancy.from_field(medium, 32)
    found = render(medium, cameras, 20, 20, occupancy, sampling=RaySampling(64)).alpha
    assert (found - (1 - torch.exp(-expected))).abs().max() < 2e-3


def test_jitter_is_unbiased_for_a_ball():
    """The mean optical depth over many jitters is the integral, though the ball's rim cuts through bins."""
    field, cameras = ball(0.6, 0.8), orbit(0.4, 0.3)
    near, far = chords(cameras, 16, 16, 0.6)
    occupancy, rng = Occupancy.from_field(field, 32), seeded(2)
    total = 0
    for _ in range(120):
        alpha = render(field, cameras, 16, 16, occupancy, rng=rng, sampling=RaySampling(8)).alpha
        total = total - torch.log1p(-alpha)
    error = total / 120 - 0.8 * (far - near)
    assert error.abs().max() < 0.03  # optical depths up to .96; worst of 256 pixels seen: .021
    assert abs(error.mean()) < 4e-4


# -- kernels against plain torch --------------------------------------------------------------------


def packed(rays=50, channels=7, seed=0, dtype=torch.float32):
    rng = seeded(seed)
    counts = torch.randint(0, 12, (rays,), generator=rng)
    counts[3] = 0
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)])
    total = int(offsets[-1])
    sigma = torch.exp(2 * torch.randn(total, generator=rng)) * 5
    delta = 0.2 * torch.rand(total, generator=rng)
    return sigma.to(dtype), delta.to(dtype), torch.randn(channels, total, generator=rng).to(dtype), offsets


def test_compositing_agrees_with_torch_in_values_and_gradients():
    sigma, delta, values, offsets = packed()
    results = []
    for function, dtype in ((composite, torch.float32), (composite_reference, torch.float64)):
        s, v = (x.clone().to(dtype).requires_grad_() for x in (sigma, values))
        sums, alpha, weights = function(s, delta.to(dtype), v, offsets)
        assert not weights.requires_grad
        (sums * torch.arange(sums.numel()).reshape(sums.shape) / 100 + alpha.square()).sum().backward()
        results.append([x.detach().double() for x in (sums, alpha, weights, s.grad, v.grad)])
    for name, a, b in zip(("sums", "alpha", "weights", "sigma.grad", "values.grad"), *results, strict=True):
        assert torch.allclose(a, b, rtol=1e-5, atol=2e-6), (name, (a - b).abs().max())


def test_compositing_passes_gradcheck():
    sigma, delta, values, offsets = packed(rays=6, channels=2, dtype=torch.float64)
    sigma = 0.05 * sigma  # no ray ends early: where one does, the derivative jumps by up to STOP
    function = lambda s, v: composite_reference(s, delta, v, offsets)[:2]  # noqa: E731
    assert torch.autograd.gradcheck(function, (sigma.requires_grad_(), values.requires_grad_()))


def test_rays_end_when_no_light_is_left():
    offsets = torch.tensor([0, 4])
    sigma, delta = torch.tensor([100.0, 1.0, 5.0, 7.0], requires_grad=True), torch.full((4,), 0.1)
    _, alpha, weights = composite(sigma, delta, torch.ones(1, 4), offsets)
    alpha.sum().backward()
    assert torch.equal(weights[1:], torch.zeros(3))
    assert torch.equal(sigma.grad[1:], torch.zeros(3))


@pytest.mark.parametrize("jitter", [False, True])
@pytest.mark.parametrize("samples", [5, 24])
def test_sampler_agrees_with_torch(jitter, samples):
    field = drafted_field(trained=True)
    occupancy = Occupancy.from_field(field, 32)
    origins, directions = (x.reshape(-1, 3) for x in random_orbit(seeded(3), 2).rays(24, 24))
    count = len(origins)
    seeds = torch.full((count,), 1234567, dtype=torch.int64) if jitter else None
    pixels = torch.arange(count) if jitter else None
    sampling = RaySampling(samples)
    fast = sample_rays(origins, directions, occupancy, sampling, seeds, pixels)
    keys = torch.full((count,), -1)
    if jitter:
        keys = (seeds * 0x9E3779B1 + pixels * 0x85EBCA6B) & 0x7FFFFFFF
    slow = sample_rays_reference(origins, directions, occupancy, sampling, keys)
    same = fast.offsets.diff() == slow.offsets.diff()
    assert same.float().mean() > 0.995  # a ray along a cell's wall may see either neighbour
    both = same[fast.ray], same[slow.ray]
    assert torch.equal(fast.ray[both[0]], slow.ray[both[1]])
    for name in ("t", "delta", "points"):
        a, b = getattr(fast, name)[both[0]], getattr(slow, name)[both[1]]
        assert ((a - b).abs() < 1e-4).float().mean() > 0.998, name


@pytest.mark.parametrize("jitter", [False, True])
def test_bins_tile_the_occupied_way(jitter):
    occupancy = Occupancy(16)
    occupancy.occupied.copy_((torch.rand(16, 16, 16, generator=seeded(4)) < 0.3).to(torch.uint8))
    occupancy.expected.copy_(torch.rand(16, 16, 16, generator=seeded(5)))
    origins, directions = (x.reshape(-1, 3) for x in orbit(0.7, 0.5).rays(40, 40))
    count = len(origins)
    given = (torch.full((count,), 99), torch.arange(count)) if jitter else (None, None)
    samples = sample_rays(origins, directions, occupancy, RaySampling(12), *given)
    way = torch.zeros(count).index_add(0, samples.ray, samples.delta)
    t = torch.linspace(2.0, 4.0, 4001)
    points = origins[:, None] + t[:, None] * directions[:, None]  # brute force
    cell = ((points + 1) * 8).long().clamp(0, 15)
    inside = (points.norm(dim=-1) < 1) & (occupancy.occupied[cell[..., 0], cell[..., 1], cell[..., 2]] > 0)
    assert (way - inside.float().sum(1) * (t[1] - t[0])).abs().max() < 0.01
    cell = ((samples.points + 1) * 8).long().clamp(0, 15)
    assert (occupancy.occupied[cell[:, 0], cell[:, 1], cell[:, 2]] > 0).float().mean() > 0.999
    assert (samples.points.norm(dim=-1) < 1 + 1e-5).all()
    later = (samples.t.diff() >= -1e-6) | (samples.ray.diff() > 0)
    assert later.all()


def test_rays_that_miss_or_are_broken_have_no_samples():
    origins = torch.tensor([[0.0, -3, 0], [0, -3, 0], [float("nan"), 0, 0], [0, 0, 0]])
    directions = torch.tensor([[1.0, 0, 0], [0, -1, 0], [0, 1, 0], [0, 1, 0]])
    samples = sample_rays(origins, directions, Occupancy(16), RaySampling(8))
    assert samples.offsets.diff().tolist()[:3] == [0, 0, 0]  # beside, behind, NaN
    inside = samples.delta[samples.ray == 3].sum()  # a ray from the centre sees one radius
    assert abs(inside - 1.0) < 1e-5


# -- occupancy --------------------------------------------------------------------------------------


@pytest.mark.parametrize("resolution", [32, 64])
@pytest.mark.parametrize("start", ["draft", "blob"])
def test_occupancy_never_skips_matter(resolution, start):
    if start == "draft":
        field = drafted_field(trained=True)
    else:
        field = HashGridField(Blob(), SMALL, seeded())
    cameras = random_orbit(seeded(6), 3)
    dense = RaySampling(400, spacing=0.05, uniform=1.0)
    occupancy = Occupancy.from_field(field, resolution)
    assert occupancy.occupied_share() < 0.6
    with torch.no_grad():
        everything = render(field, cameras, 32, 32, Occupancy(resolution), sampling=dense)
        found = render(field, cameras, 32, 32, occupancy, sampling=dense)
    assert (everything.alpha - found.alpha).abs().max() < 0.012
    assert (everything.rgb - found.rgb).abs().max() < 0.012


def test_occupancy_follows_a_field_that_changes():
    field, rng = ball(0.3, 40.0), seeded(7)
    occupancy = Occupancy.from_field(field, 32)
    small = occupancy.occupied_share()
    field.sigma = ball(0.4, 40.0).sigma
    occupancy.update(field, rng)
    assert occupancy.occupied_share() > small * 1.3
    field.sigma = lambda p: 40.0 * ((p - 0.5).norm(dim=-1) < 0.25).float()  # far from where anything was
    for _ in range(30):
        occupancy.update(field, rng)
    g = torch.stack(torch.meshgrid(*[(torch.arange(32) + 0.5) / 16 - 1] * 3, indexing="ij"), -1)
    inside = (g - 0.5).norm(dim=-1) < 0.25
    assert occupancy.occupied[inside].float().mean() == 1.0
    assert occupancy.occupied[g.norm(dim=-1) < 0.2].float().mean() == 0.0  # the old ball has faded


def test_thin_fog_alone_is_not_skipped():
    medium = Medium(lambda p: torch.full((len(p),), 0.02))
    assert Occupancy.from_field(medium, 16).occupied_share() == 1.0


def test_rays_end_in_the_midst_of_matter():
    """Nearly all samples of a dense ball lie at its surface; a shell that lets light through has samples on its far side too."""
    solid, cameras = ball(0.6, 60.0), orbit(0.0, 0.0)
    occupancy = Occupancy.from_field(solid)
    origins, directions = (x.reshape(-1, 3) for x in cameras.rays(1, 1))
    samples = sample_rays(origins, directions, occupancy, RaySampling(12))
    assert (samples.t > 2.4 + 0.4).sum() <= 2, "the surface is at 2.4"
    views = render(solid, cameras, 32, 32, occupancy, sampling=RaySampling(12))
    near, far = chords(cameras, 32, 32, 0.6)
    alpha = 1 - torch.exp(-60.0 * (far - near))
    assert (views.alpha - alpha)[far - near > 0.1].abs().max() < 0.01
    thin = Medium(lambda p: 20.0 * ((p.norm(dim=-1) - 0.6).abs() < 0.01).float())
    samples = sample_rays(origins, directions, Occupancy.from_field(thin), RaySampling(64))
    assert 0.25 < (samples.points[:, 1] > 0.0).float().mean() < 0.75


def test_occupancy_survives_a_checkpoint():
    occupancy = Occupancy.from_field(ball(0.5, 10.0), 16)
    again = Occupancy(16)
    again.load_state_dict(occupancy.state_dict())
    assert torch.equal(again.occupied, occupancy.occupied)


def test_a_diverged_field_is_named():
    with pytest.raises(FloatingPointError, match="diverged"):
        Occupancy.from_field(Medium(lambda p: p[:, 0] * float("nan")), 8)


# -- the renderer -----------------------------------------------------------------------------------


def test_draft_is_rendered_as_it_is():
    """The silhouette of the untrained field is the draft's, its colour the draft's colour."""
    field, cameras = drafted_field(), random_orbit(seeded(8), 4)
    with torch.no_grad():
        views = render(field, cameras, 64, 64, Occupancy.from_field(field), rng=seeded(9))
    near, far = chords(cameras, 64, 64, 0.6)
    wanted, found = far > near, views.alpha > 0.5
    assert (wanted & found).sum() / (wanted | found).sum() > 0.94  # .95: half a pixel at the rim
    middle = views.rgb[:, :, 32, 32]
    assert torch.allclose(middle, torch.tensor([0.6, 0.2, 0.1]).expand(4, 3), atol=4e-3)
    assert (views.depth[:, 0, 32, 32] - near[:, 0, 32, 32]).abs().max() < 0.03


@pytest.mark.parametrize("shading", ["albedo", "lambertian"])
def test_gradients_are_finite_differences(shading):
    """The whole renderer: directional derivatives of a random loss (jitter fixed).

    Lit, only the last layer is moved: normals jump where a ReLU switches, and finite differences see the jump.
    """
    field, cameras = HashGridField(Blob(peak=3.0), SMALL, seeded()), random_orbit(seeded(10), 2)
    with torch.no_grad():  # thin enough that no ray ends early: where one does, pictures jump by up to STOP
        field.w2.copy_(0.3 * torch.randn(field.w2.shape, generator=seeded(1)))
    occupancy = Occupancy.from_field(field, 32)
    light = random_light(seeded(11), cameras)
    target = torch.rand(2, 3, 16, 16, generator=seeded(12), dtype=torch.float64)

    def loss():
        views = render(field, cameras, 16, 16, occupancy, torch.ones(2, 3), shading, light, seeded(13))
        return (
            (views.rgb.double() * target).mean()
            + 0.1 * views.depth.double().mean()
            + views.alpha.double().square().mean()
        )

    loss().backward()
    for name in ("table", "w1", "b1", "w2", "b2") if shading == "albedo" else ("w2", "b2"):
        parameter = getattr(field, name)
        direction = torch.randn(parameter.shape, generator=seeded(14))
        if name == "w2":
            direction = direction / direction.norm()
        step = 2e-3
        with torch.no_grad():
            parameter += step * direction
            above = loss()
            parameter -= 2 * step * direction
            below = loss()
            parameter += step * direction
        numeric = ((above - below) / (2 * step)).item()
        analytic = (parameter.grad * direction).sum().item()
        assert abs(numeric - analytic) < 0.01 * abs(numeric) + 2e-5, (name, numeric, analytic)


def test_fast_path_agrees_with_plain_torch(monkeypatch):
    """The same picture and the same gradients with every kernel replaced by its reference."""
    from dreamgrove.engine.fields import hash_grid, hash_grid_field

    field, cameras = drafted_field(trained=True), random_orbit(seeded(15), 2)
    occupancy = Occupancy.from_field(field, 32)
    light = random_light(seeded(16), cameras)
    results = []
    for reference in (False, True):
        if reference:
            monkeypatch.setattr(hash_grid_field, "hash_mlp", hash_grid.hash_mlp_reference)
            monkeypatch.setattr(volume, "composite", composite_reference)
            monkeypatch.setattr(GridStart, "forward", GridStart.reference)
        field.zero_grad()
        views = render(
            field, cameras, 16, 16, occupancy, torch.rand(2, 3, generator=seeded()), "lambertian", light, seeded(17)
        )
        (views.rgb.square().sum() + views.orientation + views.normal[:, 2].sum() + views.depth.sum()).backward()
        results.append([views.rgb, views.alpha, views.depth, views.normal] + [p.grad for p in field.parameters()])
    for a, b in zip(*results, strict=True):
        assert (a - b).abs().max() < 1e-4 * b.abs().max()


def test_same_generator_same_pixels():
    field, cameras = drafted_field(trained=True), random_orbit(seeded(18), 3)
    occupancy = Occupancy.from_field(field, 32)
    one = render(field, cameras, 20, 20, occupancy, rng=seeded(19)).rgb
    assert torch.equal(one, render(field, cameras, 20, 20, occupancy, rng=seeded(19)).rgb)
    assert not torch.equal(one, render(field, cameras, 20, 20, occupancy, rng=seeded(20)).rgb)
    rng = seeded(19)  # ... and views drawn one by one are the same as drawn together
    apart = torch.cat([render(field, cameras[i], 20, 20, occupancy, rng=rng).rgb for i in range(3)])
    assert torch.allclose(one, apart, atol=1e-6)


def test_large_pictures_are_drawn_in_parts(monkeypatch):
    field, cameras = drafted_field(), random_orbit(seeded(21), 2)
    occupancy = Occupancy.from_field(field, 32)
    whole = render(field, cameras, 20, 20, occupancy, rng=seeded(22), shading="normal")
    monkeypatch.setattr(volume, "RAYS_AT_ONCE", 77)
    with torch.no_grad():
        parts = render(field, cameras, 20, 20, occupancy, rng=seeded(22), shading="normal")
    for name in ("rgb", "alpha", "depth", "normal", "orientation", "weights"):
        assert torch.allclose(getattr(whole, name), getattr(parts, name), atol=1e-6), name


def test_background_shows_where_nothing_is_and_gets_a_gradient():
    field, cameras = drafted_field(), orbit(torch.tensor([0.0, 1.0]), 0.2)
    occupancy = Occupancy.from_field(field, 32)
    background = torch.tensor([[1.0, 0.5, 0.0], [0.0, 0.2, 1.0]], requires_grad=True)
    views = render(field, cameras, 24, 24, occupancy, background)
    assert torch.allclose(views.rgb[:, :, 0, 0], background, atol=1e-6)
    views.rgb.sum().backward()
    assert torch.allclose(background.grad, (1 - views.alpha).sum(dim=(1, 2, 3))[:, None].expand(2, 3), rtol=1e-4)


def test_lambertian_shading_of_a_ball():
    field, cameras = ball(0.6, 400.0), orbit(0.0, 0.0)
    occupancy = Occupancy.from_field(field, 64)
    light = Light(torch.tensor([[0.0, -1.0, 0.0]]), distant=True)
    sampling = RaySampling(200, spacing=0.02)
    gray = render(field, cameras, 33, 33, occupancy, None, "textureless", light, sampling=sampling)
    near, far = chords(cameras, 33, 33, 0.6)
    origins, directions = cameras.rays(33, 33)
    normal = (origins + near[:, 0, :, :, None] * directions) / 0.6
    wanted = 0.1 + 0.9 * (-normal[..., 1]).clamp_min(0)
    solid = (far - near)[:, 0] > 0.4
    assert (gray.rgb[:, 0] - wanted)[solid].abs().max() < 0.03
    assert torch.allclose(gray.rgb[:, 0], gray.rgb[:, 2])
    lit = render(field, cameras, 33, 33, occupancy, None, "lambertian", light, sampling=sampling)
    plain = render(field, cameras, 33, 33, occupancy, sampling=sampling)
    assert ((lit.rgb - plain.rgb * gray.rgb).abs() * solid).max() < 0.02
    assert gray.orientation < 1e-3  # a ball's visible normals face the camera


def test_orientation_counts_normals_that_face_away():
    field = ball(0.6, 50.0)
    inverted = Medium(field.sigma)
    inverted.evaluate = lambda p, n=False: FieldSamples(field.sigma(p), p, -torch.nn.functional.normalize(p, dim=-1))
    occupancy = Occupancy.from_field(field, 32)
    good = render(field, orbit(0.0, 0.0), 16, 16, occupancy, normals=True).orientation
    bad = render(inverted, orbit(0.0, 0.0), 16, 16, occupancy, normals=True).orientation
    assert bad > 10 * good


def test_loss_ingredients():
    field = drafted_field()
    views = render(field, orbit(0.0, 0.2), 16, 16, Occupancy.from_field(field, 32))
    assert views.normal is None
    assert views.orientation is None
    a = views.alpha
    assert torch.allclose(views.sparsity(), (a**2 + 0.01).sqrt().mean())
    assert 0 < views.opacity_entropy() < math.log(2)
    assert views.num_samples == len(views.weights)
    assert torch.allclose(views.weights.sum(), a.sum(), rtol=1e-5)


def test_a_picture_can_be_learnt():
    """A blue ball becomes the red one of the pictures within a few steps."""
    field = drafted_field()
    occupancy, rng = Occupancy.from_field(field, 32), seeded(23)
    adam = torch.optim.Adam(field.parameters(), lr=0.01, betas=(0.9, 0.99), eps=1e-15)
    for _ in range(40):
        views = render(field, random_orbit(rng, 2), 16, 16, occupancy, rng=rng)
        loss = (views.rgb - torch.tensor([0.05, 0.1, 0.8])[:, None, None] * views.alpha.detach()).square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
    assert loss < 4e-3  # from .09


def test_errors_name_what_is_wrong():
    field, cameras, occupancy = ball(0.5, 5.0), orbit(torch.zeros(2), 0.0), Occupancy(8)
    with pytest.raises(ValueError, match=r"background must be \[2, 3\], not \[3\]"):
        render(field, cameras, 8, 8, occupancy, torch.ones(3))
    with pytest.raises(ValueError, match=r"light.position must be \[2, 3\]"):
        render(field, cameras, 8, 8, occupancy, light=Light(torch.zeros(1, 3)))
    with pytest.raises(ValueError, match="light is needed for lambertian"):
        render(field, cameras, 8, 8, occupancy, shading="lambertian")
    with pytest.raises(ValueError, match="shading must be one of albedo, lambertian"):
        render(field, cameras, 8, 8, occupancy, shading="phong")
    with pytest.raises(ValueError, match="normals are needed"):
        shade("normal", torch.zeros(1, 3), None, torch.zeros(1, 3), torch.zeros(1, dtype=torch.int64), None)
    sigma, delta, values, offsets = packed()
    with pytest.raises(ValueError, match=r"values must be \[N, \d+\]"):
        composite(sigma, delta, values[:, 1:], offsets)
    with pytest.raises(ValueError, match="offsets must end"):
        composite(sigma, delta, values, offsets[:-2])
    with pytest.raises(ValueError, match="seeds and pixels"):
        sample_rays(
            torch.zeros(1, 3), torch.zeros(1, 3), occupancy, RaySampling(), seeds=torch.zeros(1, dtype=torch.int64)
        )
    with pytest.raises(ValueError, match="samples must be 2 to 1024"):
        RaySampling(1)
    with pytest.raises(ValueError, match="resolution must be 2 to 512"):
        Occupancy(1)


def test_stop_is_small():
    """What early termination may hide is below a byte's step in a picture."""
    assert ray_sampling.STOP < 1 / 255


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_draws_the_same_picture():
    field, cameras = drafted_field(trained=True), random_orbit(seeded(24), 2)
    occupancy = Occupancy.from_field(field, 32)
    here = render(field, cameras, 32, 32, occupancy, rng=seeded(25), normals=True)
    there = render(field.cuda(), cameras.to("cuda"), 32, 32, occupancy.cuda(), rng=seeded(25), normals=True)
    assert (here.rgb - there.rgb.cpu()).abs().mean() < 1e-3
    there.rgb.sum().backward()
