"""Fields: the kernels against plain torch, gradients against finite differences, and starts that are kept exactly."""

import numpy as np
import pytest
import torch

from dreamgrove.engine.fields import Blob, GridStart, HashGridField, HashGridParams, finite_difference_gradient
from dreamgrove.engine.fields.hash_grid import hash_mlp, hash_mlp_reference

SMALL = HashGridParams(levels=5, log2_rows=10, coarsest=4, finest=40, hidden=12)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def points_in_cube(count, seed=0, reach=1.0):
    return reach * (2.0 * torch.rand(count, 3, generator=seeded(seed)) - 1.0)


def network(params=SMALL, outputs=4, seed=1):
    """Random table and weights, and the grid's resolutions."""
    rng, width, inputs = seeded(seed), params.hidden, 2 * params.levels
    shapes = [(params.levels, 2**params.log2_rows, 2), (width, inputs), (width,), (outputs, width), (outputs,)]
    return [torch.randn(shape, generator=rng) for shape in shapes], params.resolutions()


def ball_draft(radius=0.6, size=32):
    """A truncated distance grid of a ball, red above and blue below."""
    t = (np.arange(size, dtype=np.float32) + 0.5) * 2 / size - 1
    grid = np.stack(np.meshgrid(t, t, t, indexing="ij"), -1)
    sdf = np.clip(np.linalg.norm(grid, axis=-1) - radius, -0.15, 0.15)
    albedo = np.where(grid[..., 2:] > 0, np.float32([0.7, 0.1, 0.05]), np.float32([0.1, 0.2, 0.6]))
    return sdf.astype(np.float32), albedo.astype(np.float32), grid


def trained_field(start=None, seed=0):
    """A field whose network adds something, as in the middle of a run."""
    field = HashGridField(start, SMALL, seeded(seed))
    with torch.no_grad():
        field.w2.copy_(0.3 * torch.randn(field.w2.shape, generator=seeded(seed + 1)))
    return field


@pytest.mark.parametrize("gradient", [False, True])
def test_what_is_negligible_is_left_out_and_nothing_else(gradient):
    """Half of the points have a thousandth of the gradient: left out, the others' derivatives are those of the others alone."""
    tensors, resolutions = network()
    points = points_in_cube(400)
    strength = torch.where(torch.arange(400) % 2 == 0, 1.0, 1e-3)

    def derivatives(points, strength, negligible):
        given = [t.clone().requires_grad_() for t in tensors]
        y, slope = hash_mlp(points, *given, resolutions, gradient, negligible)
        loss = (strength * y).sum()
        if gradient:
            loss = loss + 0.1 * (strength[:, None] * slope).sum()
        return torch.autograd.grad(loss, given)

    pruned, exact = derivatives(points, strength, 0.02), derivatives(points, strength, 0.0)
    strong = derivatives(points[::2], strength[::2], 0.0)
    for a, b, c in zip(pruned, exact, strong, strict=True):
        torch.testing.assert_close(a, c, atol=1e-5 * float(c.abs().max()), rtol=0)
        assert 0 < (a - b).abs().max() < 5e-3 * b.abs().max()
    given = points.clone().requires_grad_()
    if not gradient:  # the points' own gradients are never left out
        y, _ = hash_mlp(given, *tensors, resolutions, False, 0.02)
        (strength * y).sum().backward()
        assert (given.grad.abs().sum(dim=1) > 0).all()


@pytest.mark.parametrize("count", [1, 63, 64, 5000])  # less than a tile, a tile, more than a block
@pytest.mark.parametrize("gradient", [False, True])
def test_kernels_agree_with_torch_in_values_and_gradients(count, gradient):
    tensors, resolutions = network()
    points = points_in_cube(count, reach=1.1)  # some lie outside of the cube
    given = [t.clone().requires_grad_() for t in tensors]
    doubled = [t.double().requires_grad_() for t in tensors]
    y, slope = hash_mlp(points, *given, resolutions, gradient)
    y_ref, slope_ref = hash_mlp_reference(points.double(), *doubled, resolutions, gradient)
    assert_close(y, y_ref, 1.5e-5)
    loss, loss_ref = weighted(y), weighted(y_ref)
    if gradient:
        assert_close(slope, slope_ref, 1.5e-5)
        loss, loss_ref = loss + 0.1 * weighted(slope.T), loss_ref + 0.1 * weighted(slope_ref.T)
    loss.backward()
    loss_ref.backward()
    for name, a, b in zip(("table", "w1", "b1", "w2", "b2"), given, doubled, strict=True):
        if b.grad is None or a.grad is None:
            pytest.fail(f"{name} got no gradient")
        assert_close(a.grad, b.grad, 1e-5)


def weighted(y):
    """A scalar in which every entry counts differently."""
    return (y * torch.linspace(-1, 1, y.numel(), dtype=y.dtype).reshape(y.shape)).sum()


def assert_close(a, b, relative):
    """Within `relative` of the largest entry (worst seen: 4e-6)."""
    worst = (a.double() - b.double()).abs().max().item()
    assert worst <= relative * max(b.abs().max().item(), 1e-12), worst


def test_gradient_with_respect_to_points():
    tensors, resolutions = network()
    points = points_in_cube(400).requires_grad_()
    reference = points.detach().double().requires_grad_()
    weighted(hash_mlp(points, *tensors, resolutions)[0]).backward()
    weighted(hash_mlp_reference(reference, *(t.double() for t in tensors), resolutions)[0]).backward()
    assert_close(points.grad, reference.grad, 1e-5)


@pytest.mark.parametrize("gradient", [False, True])
def test_reference_passes_gradcheck(gradient):
    """The reference is not only torch's word: finite differences in float64."""
    params = HashGridParams(levels=2, log2_rows=8, coarsest=3, finest=16, hidden=8)
    tensors, resolutions = network(params, outputs=2)
    points = points_in_cube(3, seed=4).double()

    def function(*t):
        y, slope = hash_mlp_reference(points, *t, resolutions, gradient)
        return (y, slope) if gradient else y

    assert torch.autograd.gradcheck(function, [t.double().requires_grad_() for t in tensors], atol=1e-6)


def test_analytic_spatial_gradient_is_the_finite_difference():
    tensors, resolutions = network()
    doubled = [t.double() for t in tensors]
    points = points_in_cube(500, seed=9, reach=0.99)
    _, slope = hash_mlp(points, *tensors, resolutions, gradient=True)
    numeric = finite_difference_gradient(
        lambda p: hash_mlp_reference(p, *doubled, resolutions)[0][0], points.double(), step=1e-6
    )
    error = (slope - numeric).norm(dim=-1) / numeric.norm(dim=-1)
    # A step that crosses a cell's wall or a ReLU's kink is off; nearly none does.
    assert (error < 1e-3).float().mean() > 0.995


def test_same_bits_on_any_number_of_threads():
    import numba

    field, points = trained_field(), points_in_cube(9000)
    grads = []
    for threads in {1, numba.config.NUMBA_NUM_THREADS}:
        numba.set_num_threads(threads)
        field.zero_grad()
        samples = field.evaluate(points, normals=True)
        (samples.sigma.sum() + samples.normals[:, 0].sum()).backward()
        grads.append([p.grad.clone() for p in field.parameters()])
    for other in grads[1:]:
        for a, b in zip(grads[0], other, strict=True):
            assert torch.equal(a, b)


def test_nan_and_far_points_are_harmless():
    tensors, resolutions = network()
    points = torch.tensor([[float("nan"), 0, 0], [float("inf"), -float("inf"), 0], [1e30, 0, -1e30]])
    y, _ = hash_mlp(points, *tensors, resolutions)
    assert y.shape == (4, 3)
    GridStart(*ball_draft()[:2])(points)


def test_blob_is_dreamfusions():
    field = HashGridField(Blob(), SMALL, seeded())
    points = torch.tensor([[0.0, 0, 0], [0.25, 0, 0], [0, 0.5, 0], [0, 0, 1.0]])
    sigma, albedo = field(points)
    expected = torch.nn.functional.softplus(torch.tensor([10.0, 5.0, 0.0, -10.0]))
    assert torch.allclose(sigma, expected, atol=2e-5)
    assert torch.equal(albedo, torch.full((4, 3), 0.5))


def test_an_untrained_field_is_its_draft():
    sdf, albedo, grid = ball_draft()
    field = HashGridField(GridStart(sdf, albedo, width=0.02), SMALL, seeded())
    points = torch.from_numpy(grid.reshape(-1, 3))
    with torch.no_grad():
        samples = field.evaluate(points, normals=True)
        logit = field.density_logit(points)
    assert torch.allclose(samples.albedo, torch.from_numpy(albedo.reshape(-1, 3)), atol=1e-5)
    known = np.abs(sdf.reshape(-1)) < 0.149
    slope = np.where(sdf > 0, 3.0, 1.0).reshape(-1)[known]
    assert np.allclose(-0.02 * logit.numpy()[known] / slope, sdf.reshape(-1)[known], atol=1e-5)
    outside = points.norm(dim=-1) > 0.9
    assert samples.sigma[outside].max() < 1e-4  # a truncated distance must not leave a fog
    near = (points.norm(dim=-1) - 0.6).abs() < 0.08
    outwards = (samples.normals[near] * torch.nn.functional.normalize(points[near], dim=-1)).sum(-1)
    assert outwards.min() > 0.95


def test_grid_start_agrees_with_its_reference():
    sdf, albedo, _ = ball_draft(size=16)
    start = GridStart(sdf, albedo)
    points = points_in_cube(2000, reach=1.05)
    values, slope = start(points, gradient=True)
    values_ref, slope_ref = start.reference(points, gradient=True)
    assert_close(values, values_ref, 1e-5)
    assert_close(slope, slope_ref, 1e-5)


@pytest.mark.parametrize("start", [Blob(), GridStart(*ball_draft()[:2])], ids=["blob", "draft"])
def test_normals_are_down_the_density(start):
    field = trained_field(start)
    points = points_in_cube(400, seed=3, reach=0.7)
    with torch.no_grad():
        numeric = finite_difference_gradient(field.density_logit, points, step=2e-3)
        found = field.normals(points)
    agreement = (found * -torch.nn.functional.normalize(numeric, dim=-1)).sum(-1)
    assert agreement.median() > 0.99


def test_density_alone_is_the_same_density():
    field, points = trained_field(GridStart(*ball_draft()[:2])), points_in_cube(100)
    assert torch.allclose(field.density(points), field.evaluate(points, normals=True).sigma, rtol=1e-5)
    assert torch.allclose(field(points)[0], field.density(points), rtol=1e-5)


def test_progressive_levels_survive_a_checkpoint():
    field, points = trained_field(), points_in_cube(50)
    field.set_active_levels(2)
    coarse = field.density_logit(points).detach()
    again = HashGridField(params=SMALL)
    again.load_state_dict(field.state_dict())
    assert torch.equal(again.density_logit(points).detach(), coarse)
    again.set_active_levels(5)
    assert not torch.allclose(again.density_logit(points), coarse)
    with pytest.raises(ValueError, match="active levels must be 1 to 5, not 6"):
        field.set_active_levels(6)


def test_same_generator_same_field():
    a, b = HashGridField(rng=seeded(5), params=SMALL), HashGridField(rng=seeded(5), params=SMALL)
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))


def test_a_field_learns_from_its_start():
    """Colour and density of a target are reached from a zero output layer: nothing is stuck."""
    field = HashGridField(Blob(), HashGridParams(levels=8, finest=64, log2_rows=12), seeded())
    optimiser = torch.optim.Adam(field.parameters(), lr=1e-2, betas=(0.9, 0.99), eps=1e-15)
    points = points_in_cube(3000, seed=7)
    target = torch.sigmoid(4.0 * torch.sin(4.0 * points))
    for _ in range(60):
        optimiser.zero_grad()
        loss = (field(points)[1] - target).square().mean()
        loss.backward()
        optimiser.step()
    assert loss < 0.006  # from .1; seen .0026


def test_errors_name_the_tensor():
    tensors, resolutions = network()
    points = points_in_cube(4)
    with pytest.raises(ValueError, match=r"points must be \[N, 3\], not \[4, 2\]"):
        hash_mlp(points[:, :2], *tensors, resolutions)
    with pytest.raises(ValueError, match="points must be float32, not float64"):
        hash_mlp(points.double(), *tensors, resolutions)
    with pytest.raises(ValueError, match=r"w1 must be \[N, 6\]"):
        hash_mlp(points, *tensors, resolutions[:3])
    with pytest.raises(ValueError, match="table must have a power of two"):
        hash_mlp(points, tensors[0][:, :1000], *tensors[1:], resolutions)
    with pytest.raises(ValueError, match="detach"):
        hash_mlp(points.requires_grad_(), *tensors, resolutions, gradient=True)
    sdf, albedo, _ = ball_draft(size=8)
    with pytest.raises(ValueError, match=r"albedo must be \[8, 8, 8, 3\]"):
        GridStart(sdf, albedo[:4])
    with pytest.raises(ValueError, match="sdf holds NaN or infinity"):
        GridStart(np.where(sdf > 0, np.nan, sdf), albedo)
    with pytest.raises(ValueError, match="empty"):
        GridStart(np.full_like(sdf, 0.15), albedo)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_agrees_with_the_cpu():
    field, points = trained_field(GridStart(*ball_draft()[:2])), points_in_cube(500)
    here = field.evaluate(points, normals=True)
    there = field.cuda().evaluate(points.cuda(), normals=True)
    for name in ("sigma", "albedo", "normals"):
        assert torch.allclose(getattr(here, name), getattr(there, name).cpu(), atol=1e-3), name


def test_grid_for_cells_ends_where_it_is_asked_to():
    """512 cells are Instant-NGP's 16 levels; fewer cells are fewer levels of the same growth."""
    assert HashGridParams.for_cells(512).levels == 16
    for cells in (16, 32, 128, 512):
        resolutions = HashGridParams.for_cells(cells).resolutions()
        assert resolutions[-1] == cells and (np.diff(resolutions) > 0).all()
        assert (resolutions[1:] / resolutions[:-1] < 1.35).all()


def test_change_is_what_training_added():
    field = HashGridField(Blob(), HashGridParams(levels=4), torch.Generator().manual_seed(0))
    points = torch.rand(50, 3, generator=torch.Generator().manual_seed(1)) * 2 - 1
    assert torch.equal(field.change(points), torch.zeros(4, 50))
    with torch.no_grad():
        field.b2.copy_(torch.tensor([1.0, 0.5, 0.0, -0.5]))
    torch.testing.assert_close(field.change(points), field.b2[:, None].expand(4, 50), atol=1e-5, rtol=0)
    field.change(points).square().sum().backward()
    assert float(field.w2.grad.abs().max()) > 0
