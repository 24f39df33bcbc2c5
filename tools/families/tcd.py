"""Trajectories of diffusers' TCDScheduler, as packages/core/test/sampling/tcd.test.ts compares with them.

python tcd.py OUTPUT      (needs torch, diffusers, safetensors)

The network is the exact one for data drawn from a normal distribution. Latents are divided by sqrt(alpha) of the timestep they are
at: the scale in which the host's sampler works; the last one is as it is. The host starts from noise times the first sigma.
"""
import sys

import torch
from diffusers import TCDScheduler
from safetensors.torch import save_file

MEAN, DEVIATION, SEED = 0.5, 0.25, 1234
RUNS = [(4, 0.3, "epsilon"), (8, 0.0, "epsilon"), (4, 1.0, "epsilon"), (5, 0.7, "v_prediction"), (1, 0.3, "epsilon")]

tensors = {}
for steps, gamma, prediction in RUNS:
    scheduler = TCDScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type=prediction)
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(SEED)
    alphas = scheduler.alphas_cumprod
    first = alphas[scheduler.timesteps[0]]
    latent = torch.randn([1, 4, 8, 8], generator=generator) * (1 - first).sqrt()
    after = []
    for at, timestep in enumerate(scheduler.timesteps):
        alpha = alphas[timestep]
        signal, noise = alpha.sqrt(), (1 - alpha).sqrt()
        epsilon = (latent - signal * MEAN) * noise / (alpha * DEVIATION**2 + noise**2)
        x0 = (latent - noise * epsilon) / signal
        answer = epsilon if prediction == "epsilon" else signal * epsilon - noise * x0
        latent = scheduler.step(answer, timestep, latent, eta=gamma, generator=generator).prev_sample
        last = at == steps - 1
        after.append(latent if last else latent / alphas[scheduler.timesteps[at + 1]].sqrt())
    name = f"{steps}.{gamma}.{'v' if prediction == 'v_prediction' else prediction}"
    tensors[name] = torch.cat(after).contiguous()
    tensors[f"{name}.timesteps"] = scheduler.timesteps.float()
save_file(tensors, sys.argv[1])
