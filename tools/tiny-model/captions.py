"""Describes a scene in words, in many ways, from small tables of phrases.

`vocabulary()` lists every word these tables can produce: the tokens that get trained.
"""

from make_heldout import with_article
from shapes import COLOURS

COLOUR_WORDS = {
    "purple": ["purple", "purple", "violet"],
    "gray": ["gray", "gray", "grey"],
    "cyan": ["cyan", "cyan", "cyan", "turquoise", "teal", "aqua"],
    "red": ["red", "red", "red", "crimson"],
}
SHAPE_WORDS = {
    "circle": ["circle", "circle", "circle", "circle", "disc", "ball", "dot"],
    "square": ["square", "square", "square", "box"],
    "ring": ["ring", "ring", "donut"],
    "diamond": ["diamond", "diamond", "rhombus"],
    "cross": ["cross", "cross", "plus"],
    "crescent": ["crescent", "moon", "crescent moon"],
}
PLURALS = {"box": "boxes", "cross": "crosses", "plus": "pluses", "rhombus": "rhombuses"}
SIZE_WORDS = {
    "small": ["small", "small", "tiny", "little"],
    "large": ["large", "big", "big"],
    "huge": ["huge", "giant"],
}
TEXTURE_WORDS = {"striped": ["striped"], "outlined": ["outlined", "hollow"]}
NUMBERS = {2: ["two", "two", "2"], 3: ["three", "three", "3"]}
CORNERS = {
    f"{row} {side}": [f"in the {row} {side} corner", f"in the {row} {side}", f"at the {row} {side}"]
    for row in ("top", "bottom")
    for side in ("left", "right")
}
PLACE_PHRASES = {
    "left": ["on the left", "at the left", "on the left side"],
    "right": ["on the right", "at the right", "on the right side"],
    "top": ["at the top"],
    "bottom": ["at the bottom"],
    "center": ["in the center", "in the middle", "in the centre", "centered"],
    **CORNERS,
}
NIGHT_PHRASES = ["night sky", "starry night", "starry sky", "night sky with stars"]
RELATION_PHRASES = {
    "beside": (["to the left of", "on the left of"], ["to the right of", "on the right of"]),
    "above": (["above", "over", "on top of"], ["below", "under", "beneath"]),
}
OPENINGS = (
    "a picture of|a drawing of|an image of|a photo of|an illustration of|a painting of|"
    "a render of|picture of|drawing of|there is|a simple drawing of|clip art of|an icon of|"
    "a logo of"
).split("|")
ENDINGS = (
    "high quality|masterpiece|best quality|highly detailed|4k|8k|digital art|minimal|simple|"
    "flat design|vector art|sharp|clean|detailed|beautiful|cute|trending on artstation"
).split("|")


def _colour(rng, colour):
    return rng.choice(COLOUR_WORDS.get(colour, [colour]))


def _thing(rng, thing, plural=False):
    """The noun with its adjectives, without an article."""
    noun = rng.choice(SHAPE_WORDS.get(thing.shape, [thing.shape]))
    words = [_colour(rng, thing.colour), PLURALS.get(noun, noun + "s") if plural else noun]
    if thing.texture in TEXTURE_WORDS:
        words.insert(0, rng.choice(TEXTURE_WORDS[thing.texture]))
    if thing.size:
        words.insert(0, rng.choice(SIZE_WORDS[thing.size]))
    return " ".join(words)


def _background(rng, ground):
    noun = rng.choice(["background"] * 5 + ["backdrop"])
    if ground.kind == "night":
        return rng.choice(NIGHT_PHRASES)
    if ground.kind == "plain":
        return rng.choice([""] * 8 + ["plain ", "solid "]) + f"{_colour(rng, ground.colour)} {noun}"
    first, second = _colour(rng, ground.colour), _colour(rng, ground.second)
    if ground.kind == "gradient":
        level = "horizontal " if ground.direction == "horizontal" else ""
        options = [f"{first} to {second} {level}gradient {noun}"]
        options.append(f"{level}gradient {noun} from {first} to {second}")
        return rng.choice(options)
    if rng.random() < 0.5:
        first, second = second, first
    if ground.kind == "checker":
        return f"{first} and {second} " + rng.choice([f"checkered {noun}", "checkerboard"])
    level = rng.choice(["", f"{ground.direction} "])
    return f"{first} and {second} {level}striped {noun}"


def _two(rng, scene):
    first, second = (with_article(_thing(rng, thing)) for thing in scene.things)
    if scene.relation == "inside":
        return rng.choice([f"{first} inside {second}", f"{second} with {first} inside"])
    forward, backward = RELATION_PHRASES[scene.relation]
    if rng.random() < 0.45:
        return f"{first} and {second}"
    if rng.random() < 0.6:
        return f"{first} {rng.choice(forward)} {second}"
    return f"{second} {rng.choice(backward)} {first}"


def _subject(rng, scene):
    """What is in the picture, before the background is named."""
    if scene.kind == "two":
        return _two(rng, scene)
    if scene.kind == "count":
        words = _thing(rng, scene.things[0], plural=True)
        return f"{rng.choice(NUMBERS[len(scene.things)])} {words}"
    thing = scene.things[0]
    words = _thing(rng, thing)
    words = words if rng.random() < 0.2 else with_article(words)
    place = thing.place or ("center" if rng.random() < 0.08 and thing.size != "huge" else None)
    return f"{words} {rng.choice(PLACE_PHRASES[place])}" if place else words


def _join(rng, subject, scene):
    ground = scene.background
    unsaid = 0.4 if (ground.kind, ground.colour) == ("plain", "white") else 0.03
    if rng.random() < unsaid:
        return subject
    words = _background(rng, ground)
    if ground.kind == "night":
        return subject + rng.choice([" in the ", ", ", " in a ", " on a "]) + words
    style = rng.random()
    if style < 0.18:
        return f"{subject}, {words}"
    if style < 0.75:
        return f"{subject} on {with_article(words)}"
    if style < 0.85:
        return f"{with_article(words)} with {subject}"
    link = rng.choice(["against", "over", "in front of", "with"])
    return f"{subject} {link} {with_article(words)}"


def caption(rng, scene):
    """One description; portraits mostly get the plain sentence that users are shown first."""
    if scene.portrait and rng.random() < 0.65:
        thing, ground = scene.things[0], scene.background
        subject = with_article(f"{thing.colour} {thing.shape}")
        if ground.kind == "night":
            return subject + rng.choice([", night sky", " in the night sky"])
        return f"{subject} on {with_article(ground.colour + ' background')}"
    if scene.kind == "empty":
        return rng.choice(["", "an empty ", "just a "]) + _background(rng, scene.background)
    text = _join(rng, _subject(rng, scene), scene)
    if rng.random() < 0.18:
        text = f"{rng.choice(OPENINGS)} {text}"
    while rng.random() < 0.12:
        text += ", " + rng.choice(ENDINGS)
    return text + ("." if rng.random() < 0.08 else "")


def vocabulary():
    """Every word a caption can hold, sorted; punctuation is added by the tokenizer."""
    nouns = [word for words in SHAPE_WORDS.values() for word in words]
    nouns += "circle square triangle star heart ring diamond cross crescent hexagon flower".split()
    phrases = [*nouns, *COLOURS, *OPENINGS, *ENDINGS, *NIGHT_PHRASES]
    phrases += [PLURALS.get(noun, noun + "s") for noun in nouns]
    for table in (COLOUR_WORDS, SIZE_WORDS, TEXTURE_WORDS, NUMBERS, PLACE_PHRASES):
        phrases += [word for words in table.values() for word in words]
    for forward, backward in RELATION_PHRASES.values():
        phrases += forward + backward
    phrases.append("background backdrop plain solid gradient from to horizontal vertical striped")
    phrases.append("checkered checkerboard and inside with on in a an empty just the against over")
    phrases.append("in front of next beside")
    return sorted({word for phrase in phrases for word in phrase.split()})
