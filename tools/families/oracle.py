"""Passes and runs of the checkpoints of tiny-layouts.js by PyTorch (diffusers and transformers), as tests compare with them.

python oracle.py CHECKPOINTS PICTURE OUTPUT      (needs torch, diffusers, transformers, safetensors, pillow)

CHECKPOINTS is what write-checkpoints.js wrote. The loops are Karras et al. 2022, algorithm 1 without noise (Euler), on the
√-linear schedule of LDM, for LCM multistep sampling (Luo et al. 2023, algorithm 3); guidance is Ho & Salimans 2022, for the edit
model Brooks et al. 2022, equation 3.
"""
import sys

import numpy as np
import torch
from diffusers import AutoencoderKL, LCMScheduler, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

START, END, STEPS, SEED, SIZE = 49406, 49407, 4, 7, 64
PROMPT, NEGATIVE = [320, 736, 2368], [21977, 1125]  # "a red cat", "blurry photo"
folder, picture, output = sys.argv[1:4]
torch.set_grad_enabled(False)


def chunk(tokens, pad):
    ids = [START, *tokens, END]
    return torch.tensor([ids + [pad] * (77 - len(ids))])


def checkpoint(name):
    return {key: value.float() for key, value in load_file(f"{folder}/{name}.safetensors").items() if value.is_floating_point()}


def unet(weights, **config):
    model = UNet2DConditionModel(sample_size=8, out_channels=4, layers_per_block=2, norm_eps=1e-5, **config)
    model.load_state_dict(convert_ldm_unet_checkpoint(dict(weights), model.config))
    return model.eval()


def first_generation(weights, **config):
    return unet(
        weights,
        block_out_channels=[32, 64, 64, 64],
        down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
        up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
        cross_attention_dim=64,
        attention_head_dim=8,
        **config,
    )


def vae(weights):
    model = AutoencoderKL(
        block_out_channels=[32, 64, 64, 64],
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        layers_per_block=2,
        latent_channels=4,
    )
    model.load_state_dict(convert_ldm_vae_checkpoint(dict(weights), model.config))
    return model.eval()


def clip_text(weights, prefix, heads):
    config = CLIPTextConfig(hidden_size=64, intermediate_size=256, num_hidden_layers=3, num_attention_heads=heads, eos_token_id=END)
    model = CLIPTextModel(config)
    named = {key[len(prefix):]: value for key, value in weights.items() if key.startswith(prefix)}
    own = set(model.state_dict())
    model.load_state_dict({key if key in own else key.removeprefix("text_model."): value for key, value in named.items()})
    return model.eval()


def open_clip(weights, prefix):
    config = CLIPTextConfig(
        hidden_size=64, intermediate_size=256, num_hidden_layers=3, num_attention_heads=1, hidden_act="gelu", projection_dim=64, eos_token_id=END
    )
    model = CLIPTextModelWithProjection(config)
    named = convert_open_clip_checkpoint(model, dict(weights), prefix=prefix)
    own = set(model.state_dict())
    named = {(key if key in own else key.replace("text_model.", "")): value for key, value in named.items() if "position_ids" not in key}
    model.load_state_dict(named, strict=True)
    return model.eval()


alphas = torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2, 0).float()
all_sigmas = ((1 - alphas) / alphas).sqrt()


def levels(steps):
    """Evenly spaced trained timesteps, the noise at each, and none at the end."""
    times = torch.linspace(999, 0, steps)
    low = times.floor().long().clamp(max=998)
    share = times - low
    logs = all_sigmas.log()
    sigmas = ((1 - share) * logs[low] + share * logs[low + 1]).exp()
    return times, torch.cat([sigmas, torch.zeros(1)])


def euler(latent, predict):
    """predict(latent as trained, timestep, step) → guided epsilon; returns the latent after each step."""
    times, sigmas = levels(STEPS)
    after = []
    for step in range(STEPS):
        sigma = sigmas[step]
        eps = predict(latent / (sigma**2 + 1).sqrt(), times[step : step + 1], step, latent, sigma)
        latent = latent + eps * (sigmas[step + 1] - sigma)
        after.append(latent)
    return torch.stack(after)


def first_noise():
    return torch.randn((4, 8, 8), generator=torch.Generator().manual_seed(SEED)).unsqueeze(0)


tensors = {}


def edit():
    weights = checkpoint("tiny-edit")
    text = clip_text(weights, "cond_stage_model.transformer.", 1)
    cond, negative = (text(chunk(ids, END)).last_hidden_state for ids in (PROMPT, NEGATIVE))
    denoiser = first_generation(weights, in_channels=8)
    pixels = torch.from_numpy(np.array(Image.open(picture).convert("RGB"))).permute(2, 0, 1).float()[None] / 127.5 - 1
    mean = vae(weights).encode(pixels).latent_dist.mode()
    sigma = levels(STEPS)[1][0]
    start = mean * 0.18215 + first_noise() * sigma
    nothing = torch.zeros_like(mean)
    tensors["edit.latent"] = torch.cat([start, mean], 1)
    tensors["edit.out"] = denoiser(tensors["edit.latent"], torch.tensor([500.5]), cond).sample

    def predict(x, time, *_):
        both, shown, none = (
            denoiser(torch.cat([x, image], 1), time, context).sample for image, context in ((mean, cond), (mean, negative), (nothing, negative))
        )
        return none + 5.0 * (both - shown) + 1.5 * (shown - none)

    tensors["edit.run"] = euler(start, predict)


def distilled():
    """LCM: eight steps by diffusers' scheduler, unguided, and four guided ones of the webui, which fall between its trained levels."""
    weights = checkpoint("tiny-lcm")
    text = clip_text(weights, "cond_stage_model.transformer.", 1)
    cond, negative = (text(chunk(ids, END)).last_hidden_state for ids in (PROMPT, NEGATIVE))
    denoiser = first_generation(weights, in_channels=4)
    tensors["lcm.out"] = denoiser(first_noise(), torch.tensor([679.0]), cond).sample
    scheduler = LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False)
    scheduler.set_timesteps(timesteps=list(range(999, 0, -140)))
    generator = torch.Generator().manual_seed(SEED)
    roots = alphas.sqrt()
    latent = torch.randn((1, 4, 8, 8), generator=generator) * (1 - alphas[999]).sqrt()
    after = []
    for time, following in zip(scheduler.timesteps, [*scheduler.timesteps[1:], None]):
        answer = denoiser(latent, time, cond).sample
        latent = scheduler.step(answer, time, latent, generator=generator).prev_sample
        # The host's latents aren't scaled down by the signal's share.
        after.append(latent if following is None else latent / roots[following])
    tensors["lcm.run"] = torch.stack(after)

    trained = all_sigmas[19::20].log()
    places = torch.linspace(49, 0, STEPS)
    low = places.floor().long().clamp(max=48)
    sigmas = [*torch.lerp(trained[low], trained[low + 1], places - low).exp(), torch.zeros(())]
    generator = torch.Generator().manual_seed(SEED)
    latent = torch.randn((1, 4, 8, 8), generator=generator) * sigmas[0]
    after = []
    for sigma, following in zip(sigmas[:-1], sigmas[1:]):
        time = int((trained - sigma.log()).abs().argmin()) * 20 + 19
        good, bad = (denoiser(latent / (1 + sigma**2).sqrt(), time, context).sample for context in (cond, negative))
        # The boundary condition, with a data deviation of 0.5 and timesteps times 10.
        keep, trust = 0.25 / ((10 * time) ** 2 + 0.25), 10 * time / ((10 * time) ** 2 + 0.25) ** 0.5
        latent = trust * (latent - sigma * (bad + 1.5 * (good - bad))) + keep * latent
        if following > 0:
            latent = latent + following * torch.randn((1, 4, 8, 8), generator=generator)
        after.append(latent)
    tensors["lcm.guided"] = torch.stack(after)


def xl(name, blocks, depths, context, numbers):
    down = ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths]
    return unet(
        checkpoint(name),
        in_channels=4,
        block_out_channels=blocks,
        down_block_types=down,
        up_block_types=[block.replace("Down", "Up") for block in reversed(down)],
        # The last number is the middle's, too.
        transformer_layers_per_block=[max(1, depth) for depth in depths[:-1]] + [2],
        cross_attention_dim=context,
        attention_head_dim=[width // 64 for width in blocks],
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=64 + numbers * 256,
    )


def base_and_refiner():
    weights, refining = checkpoint("tiny-xl"), checkpoint("tiny-xl-refiner")
    clip_l = clip_text(weights, "conditioner.embedders.0.transformer.", 1)
    clip_g = open_clip(weights, "conditioner.embedders.1.model.")
    refiner_g = open_clip(refining, "conditioner.embedders.0.model.")
    base = xl("tiny-xl", [64, 64, 128], [0, 1, 2], 128, 6)
    refiner = xl("tiny-xl-refiner", [64, 64, 128, 128], [0, 2, 1, 0], 64, 5)

    def told(prompt, score):
        small = clip_l(chunk(prompt, END), output_hidden_states=True).hidden_states[-2]
        large = clip_g(chunk(prompt, 0), output_hidden_states=True)
        only = refiner_g(chunk(prompt, 0), output_hidden_states=True)
        sizes = [SIZE, SIZE, 0, 0]
        return (
            (torch.cat([small, large.hidden_states[-2]], 2), large.text_embeds, torch.tensor([[*sizes, SIZE, SIZE]], dtype=torch.float32)),
            (only.hidden_states[-2], only.text_embeds, torch.tensor([[*sizes, score]], dtype=torch.float32)),
        )

    def run(model, x, time, condition):
        context, pooled, numbers = condition
        return model(x, time, context, added_cond_kwargs={"text_embeds": pooled, "time_ids": numbers}).sample

    cond, negative = told(PROMPT, 6.0), told(NEGATIVE, 2.5)
    tensors["base.context"], tensors["refiner.context"] = cond[0][0], cond[1][0]
    tensors["base.pooled"], tensors["refiner.pooled"] = cond[0][1], cond[1][1]
    for at, (name, model) in enumerate((("base", base), ("refiner", refiner))):
        tensors[f"{name}.out"] = run(model, first_noise(), torch.tensor([500.5]), cond[at])

    def predict(switch):
        def guided(x, time, step, *_):
            at = 0 if step < switch else 1
            model = (base, refiner)[at]
            good, bad = run(model, x, time, cond[at]), run(model, x, time, negative[at])
            return bad + 5.0 * (good - bad)

        return guided

    start = first_noise() * levels(STEPS)[1][0]
    tensors["base.run"] = euler(start, predict(STEPS))
    tensors["refined.run"] = euler(start, predict(2))


tensors["noise"] = first_noise()
edit()
distilled()
base_and_refiner()
save_file({key: value.contiguous() for key, value in tensors.items()}, output)
for key, value in tensors.items():
    print(key, list(value.shape), f"{value.abs().max():.4f}")
