"""Muon (Jordan et al., 2024): momentum whose matrices are made orthogonal before the step; Adam for everything else.

It needs about a third fewer steps than AdamW on our convolutions, and steps are what a CPU has too few of. A convolution's kernel
is a matrix [out, in * 27]. The updates are scaled to Adam's usual size (Liu et al., arXiv:2502.16982, eq. 4), so one learning rate
serves both kinds of parameter.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

# Quintic Newton-Schulz coefficients of the original: fast rather than exact, singular values end in .7 .. 1.2.
_A, _B, _C = 3.4445, -4.7750, 2.0315
_ITERATIONS = 5


def orthogonalize(x: Tensor) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly: singular values become about 1. x: [m, n].

    Each Newton-Schulz iteration multiplies X by a polynomial of its Gram matrix G = X X^T; all these commute, so the iteration runs
    on the small G alone (float32: its powers are ill-conditioned) and X is multiplied once. Returns bfloat16, exact enough for a step.
    """
    if x.shape[0] > x.shape[1]:
        return orthogonalize(x.T).T
    x = x.float()
    x = x / (x.norm() + 1e-7)
    eye = torch.eye(len(x), device=x.device)
    gram = x @ x.T + 1e-6 * eye  # not bfloat16: rounded to a negative eigenvalue, the iteration explodes
    total = eye
    for _ in range(_ITERATIONS):
        factor = _A * eye + _B * gram + _C * (gram @ gram)
        total = factor @ total
        gram = factor @ gram @ factor
    return total.bfloat16() @ x.bfloat16()


class Muon(torch.optim.Optimizer):
    """Muon for matrices and convolution kernels of `model`, AdamW for vectors, embeddings and the layers named in `adam`."""

    def __init__(self, model: nn.Module, lr: float, weight_decay: float = 0.01, adam: Iterable[str] = ()) -> None:
        matrices: list[nn.Parameter] = []
        others: list[nn.Parameter] = []
        names = tuple(adam)
        for name, parameter in model.named_parameters():
            if not parameter.requires_grad:
                continue
            small = parameter.ndim < 2 or min(parameter.shape[0], parameter[0].numel()) < 16
            (others if small or any(part in name for part in names) else matrices).append(parameter)
        groups = [{"params": matrices, "muon": True}, {"params": others, "muon": False}]
        super().__init__([g for g in groups if g["params"]], {"lr": lr, "weight_decay": weight_decay, "muon": True})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # no closures here
        for group in self.param_groups:
            lr, decay = group["lr"], group["weight_decay"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["step"] = torch.zeros(())
                    state["first"] = torch.zeros_like(p)
                    if not group["muon"]:
                        state["second"] = torch.zeros_like(p)
                state["step"] += 1
                if group["muon"]:
                    first = state["first"].mul_(0.95).add_(p.grad)
                    update = p.grad.add(first, alpha=0.95)  # Nesterov
                    # columns in the order of memory (any will do), or copying takes longer than the sums
                    order = sorted(range(p.ndim), key=lambda axis: (axis != 0, -p.stride(axis)))
                    laid = update.permute(order)
                    whole = orthogonalize(laid.flatten(1)).reshape(laid.shape)
                    update = whole.permute(sorted(range(p.ndim), key=order.__getitem__))
                    update = update * (0.2 * max(p.shape[0], p[0].numel()) ** 0.5)
                else:
                    step = state["step"].item()
                    first = state["first"].lerp_(p.grad, 0.1)
                    second = state["second"].mul_(0.98).addcmul_(p.grad, p.grad, value=0.02)
                    update = (first / (1 - 0.9**step)) / ((second / (1 - 0.98**step)).sqrt() + 1e-8)
                p.mul_(1 - lr * decay).add_(update, alpha=-lr)
