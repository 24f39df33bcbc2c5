"""What PyTorch makes of every 8-bit float, as the bits of float32 (a NaN is any NaN): writes packages/core/test/checkpoint/float8-values.json."""

import json
import pathlib

import torch

here = pathlib.Path(__file__).resolve().parents[2] / "packages/core/test/checkpoint/float8-values.json"
kinds = {"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2}
values = {}
for name, dtype in kinds.items():
    wide = torch.arange(256, dtype=torch.uint8).view(dtype).float()
    bits = wide.view(torch.int32).tolist()
    values[name] = ["nan" if lost else f"{word & 0xFFFFFFFF:08x}" for word, lost in zip(bits, wide.isnan().tolist())]
here.write_text(json.dumps({"torch": torch.__version__, **{name: " ".join(words) for name, words in values.items()}}, indent=1) + "\n")
