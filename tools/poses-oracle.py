"""Writes what OpenCV draws of seeded poses, some of them beyond the edges: packages/ext-controlnet/test/poses-oracle.json.

Needs opencv-python-headless 4.11 and numpy. The test draws the same poses from the same generator.
"""
import colorsys
import hashlib
import json
import math
import pathlib

import cv2
import numpy as np

LIMBS = [(2, 3), (2, 6), (3, 4), (4, 5), (6, 7), (7, 8), (2, 9), (9, 10), (10, 11), (2, 12), (12, 13), (13, 14), (2, 1), (1, 15), (15, 17), (1, 16), (16, 18)]
COLOURS = [(255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85)]
BONES = [(0 if bone % 4 == 0 else bone, bone + 1) for bone in range(20)]


def joints(state, count, width, height):
    found = []
    for _ in range(count):
        x, state = state, (state * 1664525 + 1013904223) % 2**32
        y, state = state, (state * 1664525 + 1013904223) % 2**32
        found.append((x / 2**32 * 1.6 * width - 0.3 * width, y / 2**32 * 1.6 * height - 0.3 * height))
    return found, state


def drawn(seed, width, height):
    canvas = np.zeros((height, width, 3), np.uint8)
    body, state = joints(seed, 18, width, height)
    hand, state = joints(state, 21, width, height)
    for (a, b), colour in zip(LIMBS, COLOURS):
        (x0, y0), (x1, y1) = body[a - 1], body[b - 1]
        angle = math.degrees(math.atan2(y0 - y1, x0 - x1))
        length = ((y0 - y1) ** 2 + (x0 - x1) ** 2) ** 0.5
        outline = cv2.ellipse2Poly((int((x0 + x1) / 2), int((y0 + y1) / 2)), (int(length / 2), 4), int(angle), 0, 360, 1)
        cv2.fillConvexPoly(canvas, outline, [int(c * 0.6) for c in colour])
    for (x, y), colour in zip(body, COLOURS):
        cv2.circle(canvas, (int(x), int(y)), 4, colour, thickness=-1)
    hand = [(int(x), int(y)) for x, y in hand]
    for bone, (a, b) in enumerate(BONES):
        if min(*hand[a], *hand[b]) > 0:
            cv2.line(canvas, hand[a], hand[b], [c * 255 for c in colorsys.hsv_to_rgb(bone / 20, 1, 1)], thickness=2)
    for x, y in hand:
        if x > 0 and y > 0:
            cv2.circle(canvas, (x, y), 4, (0, 0, 255), thickness=-1)
    return canvas


cases = []
for seed in range(1, 13):
    width, height = 60 + 13 * seed, 200 - 9 * seed
    picture = drawn(seed * 2654435761 % 2**32, width, height)
    cases.append({"seed": seed * 2654435761 % 2**32, "width": width, "height": height, "sha256": hashlib.sha256(picture.tobytes()).hexdigest()})
target = pathlib.Path(__file__).parent.parent / "packages/ext-controlnet/test/poses-oracle.json"
target.write_text(json.dumps(cases, indent=2) + "\n")
