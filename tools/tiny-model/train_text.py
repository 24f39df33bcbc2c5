"""Gives the text encoder a start: captions must tell what is in the scene.

    python train_text.py --folder runs/text --steps 1500

A probe reads the encoder's output by attention, as the UNet will, and answers thirteen
questions about the scene (colours, shapes, sizes, places). The probe is then thrown away.
"""

import argparse

import torch
from torch import nn
from torch.nn import functional as F

from captions import caption
from engine import Plan, Trainer
from layers import CONTEXT
from networks import CrossAttention, FeedForward
from scenes import BACKGROUND_KINDS, KINDS, PLACES, RELATIONS, SIZES, TEXTURES
from scenes import load_heldout, sample_scene
from shapes import COLOURS, SHAPES
from text_encoder import TextEncoder
from tokenizer import CompactTokenizer

BATCH = 48
# Captions are short: the encoder is causal, so the padding behind them can be left out.
SHORT = 44
ANSWERS = {
    "kind": KINDS,
    "ground": BACKGROUND_KINDS,
    "ground colour": COLOURS,
    "second ground colour": [None, *COLOURS],
    "number": [0, 1, 2, 3],
    "shape": [None, *SHAPES],
    "colour": [None, *COLOURS],
    "size": [None, *SIZES],
    "place": [None, *PLACES],
    "texture": [None, *TEXTURES],
    "other shape": [None, *SHAPES],
    "other colour": [None, *COLOURS],
    "relation": [None, *RELATIONS],
}


def answers(scene):
    """The right answer to each question, as an index into ANSWERS."""
    ground = scene.background
    first = scene.things[0] if scene.things else None
    other = scene.things[1] if scene.kind == "two" else None
    colours = ground.colours
    if ground.kind in ("stripes", "checker"):
        colours = sorted(colours, key=COLOURS.index)
    facts = {
        "kind": scene.kind,
        "ground": ground.kind,
        "ground colour": colours[0],
        "second ground colour": colours[1] if len(colours) > 1 else None,
        "number": len(scene.things),
        "relation": scene.relation,
    }
    for question in ("shape", "colour", "size", "place", "texture"):
        facts[question] = getattr(first, question, None)
    facts["other shape"] = getattr(other, "shape", None)
    facts["other colour"] = getattr(other, "colour", None)
    return [options.index(facts[question]) for question, options in ANSWERS.items()]


class Probe(nn.Module):
    """One learned query and one classifier for each question."""

    def __init__(self):
        super().__init__()
        self.queries = nn.Parameter(0.3 * torch.randn(len(ANSWERS), CONTEXT))
        self.attention = CrossAttention(CONTEXT, CONTEXT, 4)
        self.norm1, self.norm2 = nn.LayerNorm(CONTEXT), nn.LayerNorm(CONTEXT)
        self.feed_forward = FeedForward(CONTEXT)
        self.heads = nn.ModuleList(nn.Linear(CONTEXT, len(o)) for o in ANSWERS.values())

    def forward(self, context):
        x = self.queries.expand(len(context), -1, -1)
        x = x + self.attention(self.norm1(x), context)
        x = x + self.feed_forward(self.norm2(x))
        return [head(x[:, index]) for index, head in enumerate(self.heads)]


class ProbeLoss:
    def __init__(self, text, probe):
        self.text, self.probe = text, probe
        self.tokenizer, self.heldout = CompactTokenizer(), load_heldout()

    def __call__(self, rank, rng, step):
        scenes = [sample_scene(rng, 128, 128, 0.9, self.heldout) for _ in range(BATCH)]
        unknown = [rng.randint(1, 3) if rng.random() < 0.05 else 0 for _ in scenes]
        rows = [self.tokenizer.encode(caption(rng, s), n, rng) for s, n in zip(scenes, unknown)]
        truth = torch.tensor([answers(scene) for scene in scenes])
        guesses = self.probe(self.text(torch.tensor(rows)[:, :SHORT]))
        losses = [F.cross_entropy(guess, truth[:, i]) for i, guess in enumerate(guesses)]
        right = [(guess.argmax(1) == truth[:, i]).float().mean() for i, guess in enumerate(guesses)]
        loss = sum(losses) / len(losses)
        return loss, {"loss": loss.item(), "right": (sum(right) / len(right)).item()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    text, probe = TextEncoder(CompactTokenizer().rows), Probe()
    plan = Plan(args.steps, rate=0.01, adam_rate=2e-3, weight_decay=0.05, ema=0.995)
    plan.workers, plan.seed = args.workers, args.seed
    networks = {"text": text, "probe": probe}
    adam_only = ("embedding", "queries", "heads")
    trainer = Trainer(networks, ProbeLoss(text, probe), plan, args.folder, adam_only)
    trainer.resume()
    trainer.run()


if __name__ == "__main__":
    main()
