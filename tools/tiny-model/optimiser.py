"""The two update rules: Muon for matrices and kernels, Adam for everything else."""

from dataclasses import dataclass

import torch


@dataclass
class Moments:
    """Running means of a parameter's gradient and (Adam only) of its square."""

    first: torch.Tensor
    second: torch.Tensor


def wants_muon(name, parameter, adam_only):
    """Matrices are for Muon, except those whose names hold one of `adam_only`."""
    return parameter.ndim >= 2 and not any(word in name for word in adam_only)


def orthogonalised(matrix, rounds=5):
    """Pushes all singular values towards 1 by a quintic Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(rounds):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


def muon_step(parameter, gradient, moments, rate, momentum=0.95):
    """Moves along the orthogonalised Nesterov momentum; kernels are flattened to rows."""
    moments.first.lerp_(gradient, 1.0 - momentum)
    ahead = gradient.lerp(moments.first, momentum).flatten(1)
    stretch = max(1.0, ahead.shape[0] / ahead.shape[1]) ** 0.5
    parameter.sub_(orthogonalised(ahead).view_as(parameter), alpha=rate * stretch)


def adam_step(parameter, gradient, moments, rate, age, betas=(0.9, 0.98)):
    moments.first.lerp_(gradient, 1.0 - betas[0])
    moments.second.lerp_(gradient * gradient, 1.0 - betas[1])
    mean = moments.first / (1.0 - betas[0] ** age)
    spread = (moments.second / (1.0 - betas[1] ** age)).sqrt() + 1e-8
    parameter.sub_(mean / spread, alpha=rate)
