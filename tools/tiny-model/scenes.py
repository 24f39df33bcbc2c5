"""Procedural scenes: what is in a picture (drawing.py says how it looks).

Lengths are in units of the picture's shorter side, so that a scene keeps its look at any
size. Every scene whose (colour, shape, background) stands in heldout.json is refused.
"""

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

from shapes import COLOURS, JUDGED_SHAPES, OTHER_SHAPES, PALETTE, SHAPES

HELDOUT_FILE = Path(__file__).with_name("heldout.json")
PLACES = {
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "center": (0.5, 0.5),
    "top left": (0.0, 0.0),
    "top right": (1.0, 0.0),
    "bottom left": (0.0, 1.0),
    "bottom right": (1.0, 1.0),
}
SIZES = {"small": (0.11, 0.14), "large": (0.36, 0.40), "huge": (0.42, 0.47)}
BACKGROUND_KINDS = ["plain", "gradient", "stripes", "checker", "night"]
TEXTURES = ["solid", "striped", "outlined"]
RELATIONS = ["beside", "above", "inside"]
KINDS = ["one", "two", "count", "empty"]


@dataclass
class Background:
    kind: str
    colour: str
    rgb: tuple
    second: str | None = None
    second_rgb: tuple | None = None
    direction: str = "vertical"
    bands: int = 4
    seed: int = 0

    @property
    def colours(self):
        return [c for c in (self.colour, self.second) if c]


@dataclass
class Thing:
    shape: str
    colour: str
    rgb: tuple
    x: float
    y: float
    radius: float
    texture: str = "solid"
    second_rgb: tuple | None = None
    size: str | None = None
    place: str | None = None


@dataclass
class Scene:
    wide: float
    high: float
    background: Background
    things: list = field(default_factory=list)
    kind: str = "one"
    relation: str | None = None
    portrait: bool = False


def load_heldout():
    """The triples that no training picture may show."""
    rows = json.loads(HELDOUT_FILE.read_text(encoding="utf-8"))
    return {(row["colour"], row["shape"], row["background"]) for row in rows}


def is_heldout(scene, triples):
    ground = scene.background
    if ground.kind != "plain":
        return False
    return any((t.colour, t.shape, ground.colour) in triples for t in scene.things)


# ---------------------------------------------------------------- sampling


def _tint(rng, colour, spread=7):
    return tuple(min(255, max(0, v + rng.randint(-spread, spread))) for v in PALETTE[colour])


def _other_colour(rng, avoid):
    return rng.choice([c for c in COLOURS if c not in avoid])


def _plain(rng):
    colour = rng.choice(COLOURS)
    return Background("plain", colour, _tint(rng, colour))


def _night(rng):
    rgb = (rng.randint(8, 20), rng.randint(10, 24), rng.randint(40, 66))
    return Background("night", "black", rgb, seed=rng.randrange(1 << 30))


def _varied_background(rng):
    kind = rng.choices(BACKGROUND_KINDS, [62, 12, 8, 8, 10])[0]
    if kind == "plain":
        return _plain(rng)
    if kind == "night":
        return _night(rng)
    first = rng.choice(COLOURS)
    second = _other_colour(rng, [first])
    if kind == "gradient":
        direction = "vertical" if rng.random() < 0.75 else "horizontal"
    else:
        direction = rng.choice(["vertical", "horizontal"])
    return Background(
        kind, first, _tint(rng, first), second, _tint(rng, second), direction, rng.choice([4, 5])
    )


def _colour_on(rng, ground, avoid=()):
    hidden = ["black", "blue"] if ground.kind == "night" else ground.colours
    return _other_colour(rng, [*hidden, *avoid])


def _default_radius(rng):
    return min(0.40, max(0.25, rng.gauss(0.325, 0.025)))


def _portrait(rng, wide, high):
    """The main lesson: one large solid shape in the middle of a plain background."""
    ground = _night(rng) if rng.random() < 0.06 else _plain(rng)
    shape = rng.choice(JUDGED_SHAPES if rng.random() < 0.86 else OTHER_SHAPES)
    colour = _colour_on(rng, ground)
    x, y = wide / 2 + rng.gauss(0, 0.02), high / 2 + rng.gauss(0, 0.02)
    thing = Thing(shape, colour, _tint(rng, colour), x, y, _default_radius(rng))
    return Scene(wide, high, ground, [thing], portrait=True)


def _put(place, radius, wide, high, rng):
    """Centre of a shape that touches neither the chosen side nor its opposite."""
    centre = []
    for part, length in zip(PLACES[place], (wide, high)):
        low, top = radius + 0.05, length - radius - 0.05
        middle = low + part * (top - low) if top > low else length / 2
        centre.append(middle + rng.uniform(-0.015, 0.015))
    return centre


def _one(rng, wide, high, ground):
    size = rng.choices([None, "small", "large", "huge"], [58, 18, 14, 10])[0]
    radius = rng.uniform(*SIZES[size]) if size else _default_radius(rng)
    place = None
    if size in (None, "small") and rng.random() < 0.5:
        place = rng.choice(list(PLACES))
        radius = min(radius, 0.24)
    x, y = _put(place or "center", radius, wide, high, rng)
    texture = "solid" if size == "small" else rng.choices(TEXTURES, [84, 8, 8])[0]
    colour, shape = _colour_on(rng, ground), rng.choice(SHAPES)
    thing = Thing(shape, colour, _tint(rng, colour), x, y, radius, texture, None, size, place)
    if texture == "striped":
        pale = colour in ("white", "yellow", "gray", "pink", "cyan")
        thing.second_rgb = _tint(rng, "black" if pale else "white")
    return Scene(wide, high, ground, [thing])


def _two(rng, wide, high, ground):
    relation = rng.choices(RELATIONS, [56, 26, 18])[0]
    first = _colour_on(rng, ground)
    second = _colour_on(rng, ground, [first])
    shapes = [rng.choice(SHAPES), rng.choice(SHAPES)]
    if relation == "inside":
        shapes[1] = rng.choice(["circle", "square", "heart", "hexagon"])
        spots = [(wide / 2, high / 2, 0.13), (wide / 2, high / 2, rng.uniform(0.34, 0.40))]
    elif relation == "beside":
        radius = min(0.20, wide * 0.21)
        spots = [(wide * 0.27, high / 2, radius), (wide * 0.73, high / 2, radius)]
    else:
        radius = min(0.20, high * 0.21)
        spots = [(wide / 2, high * 0.27, radius), (wide / 2, high * 0.73, radius)]
    things = [
        Thing(s, c, _tint(rng, c), x + rng.gauss(0, 0.01), y + rng.gauss(0, 0.01), r)
        for s, c, (x, y, r) in zip(shapes, (first, second), spots)
    ]
    return Scene(wide, high, ground, things, "two", relation)


def _several(rng, wide, high, ground):
    number = rng.choice([2, 2, 3])
    shape, colour = rng.choice(SHAPES), _colour_on(rng, ground)
    radius, rgb = 0.36 / number, _tint(rng, colour)
    spots = [((i + 0.5) / number * wide, high / 2 + rng.gauss(0, 0.015)) for i in range(number)]
    things = [Thing(shape, colour, rgb, x, y, radius) for x, y in spots]
    return Scene(wide, high, ground, things, "count")


def _varied(rng, wide, high):
    kind = rng.choices(KINDS, [58, 27, 12, 3])[0]
    ground = _varied_background(rng)
    if kind == "empty":
        return Scene(wide, high, ground, [], kind)
    return {"one": _one, "two": _two, "count": _several}[kind](rng, wide, high, ground)


def sample_scene(rng: random.Random, width, height, variety, heldout):
    """A scene for a picture of that size; `variety` is the share beyond portraits."""
    short = min(width, height)
    while True:
        build = _varied if rng.random() < variety else _portrait
        scene = build(rng, width / short, height / short)
        if not is_heldout(scene, heldout):
            return scene
