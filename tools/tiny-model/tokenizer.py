"""CLIP's byte-pair tokenizer, and the short list of tokens that this model trains.

Only a few hundred of the 49,408 tokens ever occur in the captions. Training works on a
compact table of those rows (row 0 stands for every other token and stays zero); export.py
spreads the rows out again, so that the file has CLIP's full vocabulary, mostly zeros.
"""

import gzip
import os
import re
from functools import lru_cache
from pathlib import Path

from captions import vocabulary

MERGES_FILE = "bpe_simple_vocab_16e6.txt.gz"
VOCABULARY_SIZE = 49408
LENGTH = 77
START, END = 49406, 49407
UNRANKED = 1 << 30
WORD_PATTERN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+", re.IGNORECASE)


def merges_path():
    """Where CLIP's merges lie: TINY_MODEL_MERGES, or beside this file."""
    path = Path(os.environ.get("TINY_MODEL_MERGES", Path(__file__).with_name(MERGES_FILE)))
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; README.md says where to take it from")
    return path


def _byte_characters():
    """The printable character that stands for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(256 + len(table) - len(plain))
    return table


class ClipTokenizer:
    """Text to CLIP token ids."""

    def __init__(self):
        lines = gzip.decompress(merges_path().read_bytes()).decode("utf-8").split("\n")
        pairs = [tuple(line.split()) for line in lines[1 : VOCABULARY_SIZE - 512 - 1]]
        self.byte_characters = _byte_characters()
        characters = list(self.byte_characters.values())
        entries = characters + [c + "</w>" for c in characters] + ["".join(p) for p in pairs]
        self.ids = {entry: i for i, entry in enumerate(entries)}
        self.ranks = {pair: i for i, pair in enumerate(pairs)}
        self.word_ids = lru_cache(maxsize=None)(self._word_ids)

    def _word_ids(self, word):
        symbols = [self.byte_characters[byte] for byte in word.encode("utf-8")]
        parts = [*symbols[:-1], symbols[-1] + "</w>"]
        while len(parts) > 1:
            pairs = zip(parts, parts[1:])
            rank, at = min((self.ranks.get(pair, UNRANKED), i) for i, pair in enumerate(pairs))
            if rank == UNRANKED:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return tuple(self.ids[part] for part in parts)

    def encode(self, text):
        """Ids of a text without the start and end marks."""
        words = WORD_PATTERN.findall(" ".join(text.lower().split()))
        return [token for word in words for token in self.word_ids(word)]


class CompactTokenizer:
    """Text to rows of the compact table."""

    def __init__(self):
        self.clip = ClipTokenizer()
        used = {token for word in [*vocabulary(), ",", "."] for token in self.clip.encode(word)}
        self.used = sorted(used | {START, END})
        self.row_of = {token: row for row, token in enumerate(self.used, start=1)}
        self.rows = len(self.used) + 1

    def encode(self, text, unknown_words=0, rng=None):
        """77 rows: start, text, end until full; some unknown tokens may be mixed in."""
        rows = [self.row_of.get(token, 0) for token in self.clip.encode(text)]
        if unknown_words:
            at = rng.randint(0, len(rows))
            rows[at:at] = [0] * unknown_words
        rows = [self.row_of[START], *rows[: LENGTH - 2]]
        return rows + [self.row_of[END]] * (LENGTH - len(rows))
