"""Chooses the 60 (colour, shape, background) triples kept out of training: 12 a shape."""

import json
import random

from scenes import HELDOUT_FILE
from shapes import COLOURS, JUDGED_SHAPES

SEED = 20260
PER_SHAPE = 12


def with_article(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def choose(seed=SEED):
    rng = random.Random(seed)
    chosen = []
    for shape in JUDGED_SHAPES:
        pairs = [(c, shape, b) for c in COLOURS for b in COLOURS if b != c]
        chosen += rng.sample(pairs, PER_SHAPE)
    rng.shuffle(chosen)
    return chosen


def as_row(colour, shape, background):
    prompt = f"{with_article(f'{colour} {shape}')} on {with_article(f'{background} background')}"
    return {"prompt": prompt, "colour": colour, "shape": shape, "background": background}


if __name__ == "__main__":
    rows = [json.dumps(as_row(*triple)) for triple in choose()]
    HELDOUT_FILE.write_text("[\n  " + ",\n  ".join(rows) + "\n]\n", encoding="utf-8")
