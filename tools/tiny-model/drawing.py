"""Draws a scene with anti-aliased edges: one pixel of ramp across every outline."""

import random

import numpy as np

from shapes import distance

STAR_RGB = (250, 250, 235)


def _cover(signed, pixel):
    """Share of a pixel that lies inside an edge at that signed distance."""
    return np.clip(0.5 - signed / pixel, 0.0, 1.0)[..., None]


def _over(picture, rgb, cover):
    return picture * (1.0 - cover) + np.asarray(rgb, np.float32) * cover


def _band(position, period):
    """Signed distance to the painted half of a repeating band."""
    return np.abs(position % period - period / 2) - period / 4


def _night_sky(picture, ground, x, y, pixel, area):
    rng = random.Random(ground.seed)
    wide, high = float(x.max()), float(y.max())
    for _ in range(int(26 * area)):
        sx, sy, radius = rng.uniform(0, wide), rng.uniform(0, high), rng.uniform(0.010, 0.020)
        left, right = np.searchsorted(x[0], [sx - 0.06, sx + 0.06])
        top, bottom = np.searchsorted(y[:, 0], [sy - 0.06, sy + 0.06])
        patch = (slice(top, bottom), slice(left, right))
        away = np.hypot(x[patch] - sx, y[patch] - sy) - radius
        picture[patch] = _over(picture[patch], STAR_RGB, _cover(away, pixel))
    return picture


def _draw_background(scene, x, y, pixel):
    ground = scene.background
    picture = np.empty((*x.shape, 3), np.float32)
    picture[:] = ground.rgb
    if ground.kind == "night":
        return _night_sky(picture, ground, x, y, pixel, scene.wide * scene.high)
    if ground.kind == "plain":
        return picture
    upright = ground.direction == "vertical"
    if ground.kind == "gradient":
        share = y / scene.high if upright else x / scene.wide
        return _over(picture, ground.second_rgb, np.clip(share, 0.0, 1.0)[..., None])
    period = (1.0 if ground.kind == "stripes" else 2.0) / ground.bands
    if ground.kind == "stripes":
        cover = _cover(_band(x if upright else y, period), pixel)
    else:
        a, b = _cover(_band(x, period), pixel), _cover(_band(y, period), pixel)
        cover = a + b - 2.0 * a * b
    return _over(picture, ground.second_rgb, cover)


def _draw_thing(picture, thing, x, y, pixel):
    u, v = (x - thing.x) / thing.radius, (y - thing.y) / thing.radius
    edge = distance(thing.shape, u, v) * thing.radius
    fill = np.asarray(thing.rgb, np.float32)
    if thing.texture == "outlined":
        edge = np.abs(edge + 0.025) - 0.025
    if thing.texture == "striped":
        across = (x - thing.x + y - thing.y) / 2**0.5
        fill = _over(fill, thing.second_rgb, _cover(_band(across, 0.14), pixel))
    return _over(picture, fill, _cover(edge, pixel))


def draw(scene, width, height):
    """The scene as float32 (height, width, 3) in 0..1."""
    pixel = 1.0 / min(width, height)
    across = (np.arange(width, dtype=np.float32) + 0.5) * (scene.wide / width)
    down = (np.arange(height, dtype=np.float32) + 0.5) * (scene.high / height)
    x, y = np.meshgrid(across, down)
    picture = _draw_background(scene, x, y, pixel)
    for thing in reversed(scene.things):
        picture = _draw_thing(picture, thing, x, y, pixel)
    return (picture / 255.0).astype(np.float32)
