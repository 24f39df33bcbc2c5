"""The palette and the outlines of the eleven shapes, as signed distance functions.

Coordinates are those of a picture: `u` grows to the right, `v` grows downwards, and a
shape of radius 1 roughly fills the square from -1 to 1. Distances are negative inside.
"""

import math

import numpy as np

PALETTE = {
    "red": (220, 40, 40),
    "orange": (245, 140, 30),
    "yellow": (250, 220, 50),
    "green": (45, 160, 70),
    "blue": (40, 85, 215),
    "purple": (140, 60, 180),
    "pink": (250, 150, 195),
    "brown": (130, 80, 45),
    "black": (22, 22, 25),
    "white": (248, 248, 246),
    "gray": (135, 138, 142),
    "cyan": (50, 205, 210),
}
COLOURS = list(PALETTE)
JUDGED_SHAPES = ["circle", "square", "triangle", "star", "heart"]
OTHER_SHAPES = ["ring", "diamond", "cross", "crescent", "hexagon", "flower"]
SHAPES = JUDGED_SHAPES + OTHER_SHAPES


def _on_circle(count, radius, start_degrees=-90.0):
    """Corners of a regular polygon, the first one straight up."""
    angles = [math.radians(start_degrees + 360.0 * i / count) for i in range(count)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in angles]


def _star_corners():
    """Five points, moved up a little so that the star looks centred."""
    outer = _on_circle(5, 1.02, -90.0)
    inner = _on_circle(5, 1.02 * 0.42, -54.0)
    corners = [corner for pair in zip(outer, inner) for corner in pair]
    return [(x, y - 0.06) for x, y in corners]


def _cross_corners(arm=0.92, half=0.32):
    quarter = [(half, -arm), (half, -half), (arm, -half)]
    corners = []
    for turn in range(4):
        angle = turn * math.pi / 2
        c, s = math.cos(angle), math.sin(angle)
        corners += [(c * x - s * y, s * x + c * y) for x, y in quarter]
    return corners


POLYGONS = {
    "square": [(-0.84, -0.84), (0.84, -0.84), (0.84, 0.84), (-0.84, 0.84)],
    "triangle": [(0.0, -0.912), (0.98, 0.786), (-0.98, 0.786)],
    "diamond": [(0.0, -1.04), (0.76, 0.0), (0.0, 1.04), (-0.76, 0.0)],
    "hexagon": _on_circle(6, 0.97, 0.0),
    "star": _star_corners(),
    "cross": _cross_corners(),
}


def polygon_distance(u, v, corners):
    """Distance to the nearest edge, negative where an even-odd ray test says inside."""
    nearest = np.full(u.shape, np.inf, np.float32)
    inside = np.zeros(u.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
        ex, ey = bx - ax, by - ay
        along = np.clip(((u - ax) * ex + (v - ay) * ey) / (ex * ex + ey * ey), 0.0, 1.0)
        squared = (u - ax - along * ex) ** 2 + (v - ay - along * ey) ** 2
        nearest = np.minimum(nearest, squared)
        if ey != 0.0:
            crosses = (ay > v) != (by > v)
            inside ^= crosses & (u < ax + (v - ay) / ey * ex)
    return np.where(inside, -1.0, 1.0) * np.sqrt(nearest)


def heart_distance(u, v):
    """Two round lobes above a right-angled point, in a frame where the tip is the origin."""
    scale = 1.62
    x, y = np.abs(u) / scale, 0.56 - v / scale
    lobe = np.hypot(x - 0.25, y - 0.75) - math.sqrt(2.0) / 4.0
    diagonal = np.maximum(x + y, 0.0) / 2.0
    side = np.minimum(x**2 + (y - 1.0) ** 2, (x - diagonal) ** 2 + (y - diagonal) ** 2)
    return scale * np.where(x + y > 1.0, lobe, np.sqrt(side) * np.sign(x - y))


def flower_distance(u, v):
    """Six petals; the factor keeps the slope near 1 where the petals meet."""
    rim = 0.70 + 0.24 * np.cos(6.0 * np.arctan2(u, -v))
    return 0.75 * (np.hypot(u, v) - rim)


def distance(shape, u, v):
    """Signed distance from points (u, v) to a named shape of radius 1."""
    if shape in POLYGONS:
        return polygon_distance(u, v, POLYGONS[shape])
    if shape == "circle":
        return np.hypot(u, v) - 0.94
    if shape == "ring":
        return np.abs(np.hypot(u, v) - 0.70) - 0.25
    if shape == "crescent":
        return np.maximum(np.hypot(u, v) - 0.95, 0.78 - np.hypot(u - 0.42, v + 0.12))
    if shape == "heart":
        return heart_distance(u, v)
    if shape == "flower":
        return flower_distance(u, v)
    raise ValueError(f"unknown shape: {shape}")
