"""Passes of image encoders, IP-Adapters and UNets that see a picture by PyTorch (diffusers and transformers), as tests compare with them.

python ip-adapter-oracle.py MODELS PICTURE OUTPUT      (needs torch, diffusers, transformers, safetensors, pillow)

MODELS is what write-models.js wrote. OpenCLIP's tower is written down here, as its package is not needed for anything else; so is
what a sampler does with the passes: Karras et al. 2022, algorithm 1 without noise (Euler), Ho & Salimans 2022 for guidance.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

START, END, STEPS, SEED = 49406, 49407, 4, 7
PROMPT, NEGATIVE = [320, 736, 2368], [21977, 1125]  # "a red cat", "blurry photo"
HEADS, SIDE, SCALE, GUIDANCE = 16, 16, 0.7, 5.0
folder, picture, output = sys.argv[1:4]
torch.set_grad_enabled(False)
torch.set_num_threads(1)
tensors = {}


def weights_of(name):
    return {key: value.float() for key, value in load_file(f"{folder}/{name}.safetensors").items() if value.is_floating_point()}


def pixels(left, top):
    """A corner of the picture, of the encoder's own size, normalised."""
    part = Image.open(picture).convert("RGB").crop((left, top, left + SIDE, top + SIDE))
    mean, deviation = torch.tensor([0.48145466, 0.4578275, 0.40821073]), torch.tensor([0.26862954, 0.26130258, 0.27577711])
    return ((torch.from_numpy(np.array(part)).float() / 255 - mean) / deviation).permute(2, 0, 1)[None]


def transformers_vision():
    weights = weights_of("clip_vision/clip_h")
    config = CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=HEADS, image_size=SIDE, patch_size=4, hidden_act="gelu", projection_dim=24
    )
    model = CLIPVisionModelWithProjection(config).eval()
    model.load_state_dict(weights, strict=False)
    missing = set(model.state_dict()) - set(weights) - {"vision_model.embeddings.position_ids"}
    assert not missing, missing

    def encode(x):
        found = model(pixel_values=x, output_hidden_states=True)
        return found.image_embeds, found.hidden_states[-2]

    return encode


def open_clip_vision():
    w = {key.removeprefix("visual."): value for key, value in weights_of("clip_vision/clip_g").items()}
    norm = lambda x, name: F.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"])

    def encode(x):
        patches = F.conv2d(x, w["conv1.weight"], stride=4).flatten(2).transpose(1, 2)
        x = torch.cat([w["class_embedding"].expand(len(x), 1, -1), patches], 1) + w["positional_embedding"]
        x, states = norm(x, "ln_pre"), []
        for at in range(3):
            states.append(x)
            key = f"transformer.resblocks.{at}"
            seen = norm(x, f"{key}.ln_1").transpose(0, 1)
            projections = [w[f"{key}.attn.{name}"] for name in ("in_proj_weight", "in_proj_bias")]
            out = [w[f"{key}.attn.out_proj.{name}"] for name in ("weight", "bias")]
            heads, _ = F.multi_head_attention_forward(seen, seen, seen, 32, HEADS, *projections, None, None, False, 0.0, *out, need_weights=False)
            x = x + heads.transpose(0, 1)
            hidden = F.gelu(F.linear(norm(x, f"{key}.ln_2"), w[f"{key}.mlp.c_fc.weight"], w[f"{key}.mlp.c_fc.bias"]))
            x = x + F.linear(hidden, w[f"{key}.mlp.c_proj.weight"], w[f"{key}.mlp.c_proj.bias"])
        return norm(x[:, 0], "ln_post") @ w["proj"], states[-1]

    return encode


def unet(name, **config):
    model = UNet2DConditionModel(sample_size=8, in_channels=4, out_channels=4, layers_per_block=2, norm_eps=1e-5, **config)
    model.load_state_dict(convert_ldm_unet_checkpoint(weights_of(name), model.config))
    return model.eval()


def sd15():
    return unet(
        "Stable-diffusion/tiny-sd15",
        block_out_channels=[32, 64, 64, 64],
        down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
        up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
        cross_attention_dim=64,
        attention_head_dim=8,
    )


def sdxl():
    return unet(
        "Stable-diffusion/tiny-xl",
        block_out_channels=[64, 64, 128],
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        transformer_layers_per_block=[1, 1, 2],
        cross_attention_dim=128,
        attention_head_dim=[1, 1, 2],
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=64 + 6 * 256,
    )


def seeing(model, adapter):
    """The same UNet with an IP-Adapter in its cross-attention; diffusers counts the layers."""
    state = {"image_proj": {}, "ip_adapter": {}}
    for key, value in weights_of(adapter).items():
        part, name = key.split(".", 1)
        state[part][name] = value
    model._load_ip_adapter_weights([state])
    for processor in model.attn_processors.values():
        if hasattr(processor, "scale"):
            processor.scale = [SCALE]
    return model, model.encoder_hid_proj.image_projection_layers[0], state["ip_adapter"]


def random(*shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


corner, other = pixels(0, 0), pixels(40, 24)
nothing = torch.zeros_like(corner)
clip_h, clip_g = transformers_vision(), open_clip_vision()
for name, encode in (("clip_h", clip_h), ("clip_g", clip_g)):
    tensors[f"{name}.embeds"], tensors[f"{name}.hidden"] = encode(torch.cat([corner, other, nothing]))

latent, time, context = random(1, 4, 8, 8, seed=1), torch.tensor([500.5]), random(1, 5, 64, seed=2)
tensors.update({"latent": latent, "context": context})
passes = {}
for name, hidden in (("ip-adapter_sd15", False), ("ip-adapter-plus_sd15", True), ("ip-adapter-full-face_sd15", True)):
    model, projection, layers = seeing(sd15(), f"ControlNet/{name}")
    encoded = [tensors["clip_h.hidden" if hidden else "clip_h.embeds"][at : at + 1] for at in range(3)]
    if not hidden:
        encoded[2] = torch.zeros_like(encoded[2])
    tokens = [projection(seen).reshape(1, -1, 64) for seen in encoded]
    mean = (tokens[0] + tokens[1]) / 2
    tensors[f"{name}.k0"] = F.linear(torch.cat([mean, tokens[2]]), layers["1.to_k_ip.weight"])
    tensors[f"{name}.v15"] = F.linear(torch.cat([mean, tokens[2]]), layers["31.to_v_ip.weight"])
    see = lambda x, t, c, seen, model=model: model(x, t, c, added_cond_kwargs={"image_embeds": [seen[:, None]]}).sample
    passes[name] = (see, encoded)
    tensors[f"{name}.out"] = see(latent, time, context, encoded[0])
tensors["blind.out"] = sd15()(latent, time, context).sample

model, _, _ = seeing(sdxl(), "ControlNet/ip-adapter_sdxl")
wide, vector = random(1, 5, 128, seed=3), random(1, 64, seed=4)
sizes = torch.tensor([[64.0, 64, 0, 0, 64, 64]])
tensors.update({"xl.context": wide, "xl.vector": torch.cat([vector, model.add_time_proj(sizes.flatten()).reshape(1, -1)], 1)})
told = {"image_embeds": [tensors["clip_g.embeds"][:1, None]], "text_embeds": vector, "time_ids": sizes}
tensors["ip-adapter_sdxl.out"] = model(latent, time, wide, added_cond_kwargs=told).sample


def text_encoder():
    model = CLIPTextModel(CLIPTextConfig(hidden_size=64, intermediate_size=256, num_hidden_layers=3, num_attention_heads=1, eos_token_id=END))
    prefix = "cond_stage_model.transformer."
    named = {key[len(prefix) :]: value for key, value in weights_of("Stable-diffusion/tiny-sd15").items() if key.startswith(prefix)}
    own = set(model.state_dict())
    model.load_state_dict({key if key in own else key.removeprefix("text_model."): value for key, value in named.items()})
    return lambda ids: model.eval()(torch.tensor([[START, *ids, END] + [END] * (75 - len(ids))])).last_hidden_state


alphas = torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2, 0).float()
all_sigmas = ((1 - alphas) / alphas).sqrt()


def levels(steps):
    """Evenly spaced trained timesteps, the noise at each, and none at the end."""
    times = torch.linspace(999, 0, steps)
    low = times.floor().long().clamp(max=998)
    logs = all_sigmas.log()
    sigmas = ((1 - (times - low)) * logs[low] + (times - low) * logs[low + 1]).exp()
    return times, torch.cat([sigmas, torch.zeros(1)])


def run(see, encoded, steps_seen):
    """Four steps with guidance; the picture is seen in the first so many. Returns the latent after each."""
    encode = text_encoder()
    texts, blind = (encode(PROMPT), encode(NEGATIVE)), sd15()
    times, sigmas = levels(STEPS)
    x = random(4, 8, 8, seed=SEED)[None] * sigmas[0]
    after = []
    for step in range(STEPS):
        scaled, t = x / (sigmas[step] ** 2 + 1).sqrt(), times[step : step + 1]
        if step < steps_seen:
            good, bad = see(scaled, t, texts[0], encoded[0]), see(scaled, t, texts[1], encoded[2])
        else:
            good, bad = (blind(scaled, t, text).sample for text in texts)
        x = x + (bad + GUIDANCE * (good - bad)) * (sigmas[step + 1] - sigmas[step])
        after.append(x)
    return torch.cat(after)


for name in ("ip-adapter_sd15", "ip-adapter-plus_sd15"):
    tensors[f"{name}.run"] = run(*passes[name], STEPS)
# The original counts the step that was reported last: with guidance_end 0 it speaks in steps 0 and 1.
tensors["ended.run"] = run(*passes["ip-adapter_sd15"], 2)

save_file({key: value.contiguous() for key, value in tensors.items()}, output)
for key, value in tensors.items():
    print(key, list(value.shape), f"{value.abs().max():.4f}")
