"""One change to a bundle, drawn by lot: what it is, and which entry has to be named."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tampered:
    """What was done; *entry* is the one that has to be named, None where only that it is found counts."""

    what: str
    entry: int | None


def tamper(bundle: Path, lot: random.Random) -> Tampered:
    """Change *bundle* in one place."""
    return lot.choice(_WAYS)(bundle, lot)


def _lines(bundle: Path) -> tuple[int, list[bytes]]:
    first = json.loads((bundle / "manifest.json").read_text())["first"]
    return first, (bundle / "entries.jsonl").read_bytes().split(b"\n")[:-1]


def _keep(bundle: Path, lines: list[bytes]) -> None:
    (bundle / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))


def _flip(bundle: Path, lot: random.Random) -> Tampered:
    first, lines = _lines(bundle)
    place = lot.randrange(len(lines))
    line = bytearray(lines[place])
    at = lot.randrange(len(line))
    changed = line[at] ^ (1 << lot.randrange(8))
    if changed == ord("\n"):  # makes two lines of one: the first of them cannot be read
        changed ^= 1
    line[at] = changed
    lines[place] = bytes(line)
    _keep(bundle, lines)
    return Tampered("a bit of an entry", first + place)


def _drop(bundle: Path, lot: random.Random) -> Tampered:
    first, lines = _lines(bundle)
    place = lot.randrange(len(lines))
    del lines[place]
    _keep(bundle, lines)
    return Tampered("an entry gone", first + place)


def _swap(bundle: Path, lot: random.Random) -> Tampered:
    first, lines = _lines(bundle)
    a, b = sorted(lot.sample(range(len(lines)), 2))
    lines[a], lines[b] = lines[b], lines[a]
    _keep(bundle, lines)
    return Tampered("two entries in each other's place", first + a)


def _twice(bundle: Path, lot: random.Random) -> Tampered:
    first, lines = _lines(bundle)
    place = lot.randrange(len(lines))
    lines.insert(place, lines[place])
    _keep(bundle, lines)
    return Tampered("an entry twice", first + place + 1)


def _backdate(bundle: Path, lot: random.Random) -> Tampered:
    first, lines = _lines(bundle)
    place = lot.randrange(len(lines))
    head, at, rest = lines[place].partition(b'"at":"')
    lines[place] = head + at + b"2001" + rest[4:]
    _keep(bundle, lines)
    return Tampered("an entry back-dated", first + place)


def _cut(bundle: Path, lot: random.Random) -> Tampered:
    first, lines = _lines(bundle)
    place = lot.randrange(len(lines))
    _keep(bundle, lines[:place])
    return Tampered("the end cut off", first + place)


def _note(bundle: Path, lot: random.Random) -> Tampered:
    """Change a letter of a checkpoint's text or signature, within what is base64 and digits."""
    path = bundle / "checkpoints.jsonl"
    notes = [json.loads(line) for line in path.read_text().splitlines()]
    one = lot.choice(notes)
    letters = [n for n, letter in enumerate(one["note"]) if letter.isalnum()]
    at = lot.choice(letters)
    other = lot.choice([letter for letter in "abcXYZ019" if letter != one["note"][at]])
    one["note"] = one["note"][:at] + other + one["note"][at + 1 :]
    told = [json.dumps(note, ensure_ascii=False, separators=(",", ":")) for note in notes]
    path.write_text("".join(f"{line}\n" for line in told))
    return Tampered("a checkpoint", None)


def _uncover(bundle: Path, _: random.Random) -> Tampered:
    path = bundle / "checkpoints.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    return Tampered("the last checkpoint gone", None)


def _byte(bundle: Path, lot: random.Random) -> Tampered:
    """Flip a bit anywhere in any file: what says the same in other letters is a change too."""
    path = lot.choice(sorted(bundle.iterdir()))
    content = bytearray(path.read_bytes())
    content[lot.randrange(len(content))] ^= 1 << lot.randrange(8)
    path.write_bytes(bytes(content))
    return Tampered(f"a bit of {path.name}", None)


def _end(bundle: Path, lot: random.Random) -> Tampered:
    path = lot.choice(sorted(bundle.iterdir()))
    content = path.read_bytes()
    path.write_bytes(lot.choice((content[:-1], content + b"\n", content + b" ")))
    return Tampered(f"the last line end of {path.name}", None)


def _size(bundle: Path, lot: random.Random) -> Tampered:
    path = bundle / "checkpoints.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1]
    place = lot.randrange(len(lines))
    lines[place] = lines[place].replace(b'{"size":', b'{"size":1', 1)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return Tampered("the size beside a checkpoint", None)


_WAYS: tuple[Callable[[Path, random.Random], Tampered], ...] = (
    _flip,
    _flip,
    _flip,
    _drop,
    _swap,
    _twice,
    _backdate,
    _cut,
    _note,
    _uncover,
    _byte,
    _byte,
    _byte,
    _end,
    _size,
)
