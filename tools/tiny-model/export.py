"""Writes the model as one half-precision CompVis file with its yaml and text configuration.

    python export.py --unet runs/unet --vae runs/vae --out models/Stable-diffusion/tiny-sd1

The same training folders always give the same bytes.
"""

import argparse
import json
from pathlib import Path

import torch

from autoencoder import LEVELS
from diffusion import ALPHAS, betas
from files import (
    TABLE,
    TEXT_PREFIX,
    UNET_PREFIX,
    VAE_PREFIX,
    load_average,
    replace_file,
    save_tensors,
)
from layers import CONTEXT
from networks import UNetShape
from tokenizer import END, LENGTH, START, VOCABULARY_SIZE, CompactTokenizer

YAML = """model:
  target: ldm.models.diffusion.ddpm.LatentDiffusion
  params:
    linear_start: 0.00085
    linear_end: 0.012
    num_timesteps_cond: 1
    timesteps: 1000
    first_stage_key: jpg
    cond_stage_key: txt
    image_size: 16
    channels: 4
    cond_stage_trainable: false
    conditioning_key: crossattn
    scale_factor: 0.18215
    use_ema: false
    unet_config:
      target: ldm.modules.diffusionmodules.openaimodel.UNetModel
      params:
        image_size: 32
        in_channels: {unet.latent}
        out_channels: {unet.latent}
        model_channels: {unet.channels}
        attention_resolutions: [4, 2, 1]
        num_res_blocks: {unet.blocks}
        channel_mult: {unet_multipliers}
        num_heads: {unet.heads}
        use_spatial_transformer: true
        transformer_depth: 1
        context_dim: {context}
        use_checkpoint: false
        legacy: false
    first_stage_config:
      target: ldm.models.autoencoder.AutoencoderKL
      params:
        embed_dim: 4
        ddconfig:
          double_z: true
          z_channels: 4
          resolution: 128
          in_channels: 3
          out_ch: 3
          ch: 64
          ch_mult: {vae_multipliers}
          num_res_blocks: 0
          attn_resolutions: []
          dropout: 0.0
        lossconfig:
          target: torch.nn.Identity
    cond_stage_config:
      target: ldm.modules.encoders.modules.FrozenCLIPEmbedder
      params:
        version: ./{text_folder}
"""
TEXT_CONFIG = {
    "architectures": ["CLIPTextModel"],
    "model_type": "clip_text_model",
    "vocab_size": VOCABULARY_SIZE,
    "hidden_size": CONTEXT,
    "intermediate_size": 4 * CONTEXT,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": LENGTH,
    "hidden_act": "quick_gelu",
    "layer_norm_eps": 1e-05,
    "bos_token_id": START,
    "eos_token_id": END,
    "pad_token_id": 1,
    "projection_dim": CONTEXT,
}


def full_table(compact, used):
    """The trained rows at their places in CLIP's vocabulary, zeros elsewhere."""
    table = torch.zeros(VOCABULARY_SIZE, compact.shape[1])
    table[torch.tensor(used)] = compact[1:]
    return table


def schedule_tensors():
    """The buffers that CompVis checkpoints carry; tools recognise files by them."""
    alphas = ALPHAS.double()
    return {
        "betas": betas(),
        "alphas_cumprod": alphas,
        "alphas_cumprod_prev": torch.cat([torch.ones(1).double(), alphas[:-1]]),
        "sqrt_alphas_cumprod": alphas.sqrt(),
        "sqrt_one_minus_alphas_cumprod": (1 - alphas).sqrt(),
        "log_one_minus_alphas_cumprod": (1 - alphas).log(),
        "sqrt_recip_alphas_cumprod": (1 / alphas).sqrt(),
        "sqrt_recipm1_alphas_cumprod": (1 / alphas - 1).sqrt(),
    }


def gather(unet_folder, vae_folder):
    text = load_average(unet_folder, "text")
    text[TABLE] = full_table(text[TABLE], CompactTokenizer().used)
    tensors = {TEXT_PREFIX + "embeddings.position_ids": torch.arange(LENGTH)[None]}
    parts = [
        (UNET_PREFIX, load_average(unet_folder, "unet")),
        (TEXT_PREFIX, text),
        (VAE_PREFIX, load_average(vae_folder, "vae")),
    ]
    for prefix, state in parts:
        tensors |= {prefix + key: value for key, value in state.items()}
    return tensors


def write_yaml(path, text_folder):
    unet = UNetShape()
    text = YAML.format(
        unet=unet,
        unet_multipliers=[1] * unet.levels,
        vae_multipliers=[1] * LEVELS,
        context=CONTEXT,
        text_folder=text_folder,
    )
    replace_file(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unet", required=True, help="training folder of UNet and text encoder")
    parser.add_argument("--vae", required=True, help="training folder of the autoencoder")
    parser.add_argument("--out", type=Path, required=True, help="path without an ending")
    args = parser.parse_args()
    weights = args.out.with_suffix(".safetensors")
    save_tensors(weights, gather(args.unet, args.vae), schedule_tensors())
    text_folder = args.out.name + "-clip"
    write_yaml(args.out.with_suffix(".yaml"), text_folder)
    text = json.dumps(TEXT_CONFIG, indent=1) + "\n"
    config = args.out.parent / text_folder / "config.json"
    replace_file(config, lambda partial: partial.write_text(text, encoding="utf-8"))
    print(weights, f"{weights.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
