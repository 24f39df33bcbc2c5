"""Trajectories of few-step samplers, as packages/core/test/sampling/consistency.test.ts compares with them: TCD by diffusers' TCDScheduler,
LCM as the webui has it (its 50 levels, its boundary condition with timesteps times 10; Luo et al. 2023, algorithm 1).

python consistency.py OUTPUT      (needs torch, diffusers, safetensors)

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
    name = f"TCD.{steps}.{gamma}.{'v' if prediction == 'v_prediction' else prediction}"
    tensors[name] = torch.cat(after).contiguous()
    tensors[f"{name}.timesteps"] = scheduler.timesteps.float()


def trained():
    """The levels LCM was distilled to, ascending, and the alphas of all timesteps."""
    alphas = torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2, 0)
    return (((1 - alphas) / alphas) ** 0.5)[19::20].float(), alphas.float()


def level_at(timestep, logs):
    """Between two of the 50 levels by the logarithm."""
    place = torch.clamp((timestep - 19) / 20, 0, 49)
    low, high = place.floor().long(), place.ceil().long()
    share = place - low
    return ((1 - share) * logs[low] + share * logs[high]).exp()


for steps in (1, 4, 8):
    levels, alphas = trained()
    logs = levels.log()
    nearest = lambda sigma: int((sigma.log() - logs).abs().argmin()) * 20 + 19
    sigmas = torch.stack([level_at(t, logs) for t in torch.linspace(999, 19, steps)] + [torch.zeros(())])
    generator = torch.Generator().manual_seed(SEED)
    latent = torch.randn([1, 4, 8, 8], generator=generator) * sigmas[0]
    after, asked = [], []
    for sigma, following in zip(sigmas[:-1], sigmas[1:]):
        timestep = nearest(sigma)
        alpha = alphas[timestep]
        scaled = latent / (1 + sigma**2).sqrt()
        epsilon = (scaled - alpha.sqrt() * MEAN) * (1 - alpha).sqrt() / (alpha * DEVIATION**2 + 1 - alpha)
        time = 10 * timestep
        keep, trust = 0.25 / (time**2 + 0.25), time / (time**2 + 0.25) ** 0.5
        x0 = trust * (latent - sigma * epsilon) + keep * latent
        latent = x0 + following * torch.randn([1, 4, 8, 8], generator=generator) if following > 0 else x0
        after.append(latent)
        asked.append(timestep)
    tensors[f"LCM.{steps}.0.epsilon"] = torch.cat(after).contiguous()
    tensors[f"LCM.{steps}.0.epsilon.timesteps"] = torch.tensor(asked).float()
save_file(tensors, sys.argv[1])
