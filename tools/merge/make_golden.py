"""Writes packages/core/test/checkpoint/merge-golden.json: small merges as PyTorch computes them on its CPU.

python tools/merge/make_golden.py   (torch in a virtual environment outside the repository)

The formulas are those of the webui's merger: each operation rounds to its tensors' type, types that differ become float32.
"""
import base64
import json
import pathlib

import torch

generator = torch.Generator().manual_seed(4)
NAMES = {torch.float16: "F16", torch.bfloat16: "BF16", torch.float32: "F32"}
UNET = "model.diffusion_model."


def random(dtype, *shape):
    # Large, small and subnormal halves, and pairs that cancel.
    scale = 10.0 ** torch.randint(-7, 4, shape, generator=generator)
    return (torch.randn(shape, generator=generator) * scale).to(dtype)


def files(dtypes):
    """The same keys in each of the three files; the third lacks one."""
    a, b, c = ({}, {}, {})
    for at, (first, second, third) in enumerate(dtypes):
        key = f"{UNET}{at}.weight"
        a[key], b[key], c[key] = random(first, 7, 11), random(second, 7, 11), random(third, 7, 11)
        b[key][0] = -a[key][0].to(second)
    a[f"{UNET}alone.weight"], b[f"{UNET}alone.weight"] = random(torch.float16, 5), random(torch.float16, 5)
    a["other.weight"], b["other.weight"] = random(torch.float32, 3), random(torch.float32, 3)
    a[f"{UNET}input_blocks.0.0.weight"] = random(torch.float16, 2, 9, 3, 3)
    b[f"{UNET}input_blocks.0.0.weight"] = random(torch.float16, 2, 4, 3, 3)
    c[f"{UNET}input_blocks.0.0.weight"] = random(torch.float16, 2, 4, 3, 3)
    return a, b, c


def to_half(tensor, half):
    return tensor.half() if half and tensor.dtype == torch.float else tensor


def merge(a, b, c, multiplier, half):
    result = dict(a)
    others = dict(b)
    if c is not None:
        for key in others:
            if "model" in key:
                others[key] = others[key] - c[key] if key in c else torch.zeros_like(others[key])
    blend = (lambda x, y: (1 - multiplier) * x + multiplier * y) if c is None else (lambda x, y: x + multiplier * y)
    for key, own in a.items():
        if "model" not in key or key not in others:
            continue
        other = others[key]
        if own.shape != other.shape:
            whole = own.clone()
            whole[:, 0:4] = blend(own[:, 0:4], other)
            result[key] = to_half(whole, half)
        else:
            result[key] = to_half(blend(own, other), half)
    return result


def written(tensors):
    return {
        key: {
            "dtype": NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data": base64.b64encode(tensor.contiguous().view(torch.uint8).numpy().tobytes()).decode(),
        }
        for key, tensor in tensors.items()
    }


h, f, g = torch.float16, torch.float32, torch.bfloat16
a, b, c = files([(h, h, h), (f, f, f), (g, g, g), (h, f, h), (f, h, f), (g, h, f), (h, g, g)])
cases = [
    {"method": method, "multiplier": multiplier, "half": half, "result": written(merge(a, b, third, multiplier, half))}
    for method, third in (("weighted-sum", None), ("add-difference", c))
    for multiplier, half in ((0.3, False), (1.0, False), (0.7371, True))
]
golden = {"torch": torch.__version__, "primary": written(a), "secondary": written(b), "tertiary": written(c), "cases": cases}
target = pathlib.Path(__file__).parents[2] / "packages/core/test/checkpoint/merge-golden.json"
target.write_text(json.dumps(golden, indent=1) + "\n")
