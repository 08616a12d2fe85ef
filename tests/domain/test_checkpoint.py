"""Checkpoints as signed notes: what is written is read again, what is no note is refused."""

from base64 import b64encode

import pytest

from domain.checkpoint import (
    Checkpoint,
    NoteBroken,
    NoteSignature,
    note,
    parse_checkpoint,
    parse_note,
)

ROOT = bytes(range(32))
CHECKPOINT = Checkpoint("court.example/record", 7, ROOT)
LINES = [NoteSignature("court", b"abcd", b"s" * 64), NoteSignature("witness", b"efgh", b"t" * 72)]


def test_a_checkpoint_is_three_lines() -> None:
    assert CHECKPOINT.body == f"court.example/record\n7\n{b64encode(ROOT).decode()}\n"


def test_a_note_is_read_as_it_was_written() -> None:
    body, signatures = parse_note(note(CHECKPOINT.body, LINES))

    assert parse_checkpoint(body) == CHECKPOINT
    assert signatures == LINES


def test_further_lines_are_kept() -> None:
    with_time = Checkpoint("court.example/record", 7, ROOT, ("time 1",))

    assert parse_checkpoint(with_time.body) == with_time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\nb",
        "a\n\n",
        "a\n\nno dash\n",
        "a\n\n— name\n",
        "a\n\n— name !!!\n",
        "a\n\n— name YQ==\n",
        "a\n\n— name YWJjZGVmZx==\n",
        "a\n\n— name YWJjZGVm",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NoteBroken):
        parse_note(text)


@pytest.mark.parametrize(
    "body",
    [
        "origin\n7\n",
        f"\n7\n{b64encode(ROOT).decode()}\n",
        f"origin\n07\n{b64encode(ROOT).decode()}\n",
        f"origin\n-7\n{b64encode(ROOT).decode()}\n",
        f"origin\n７\n{b64encode(ROOT).decode()}\n",
        "origin\n7\nYWJj\n",
        f"origin\n7\n{b64encode(ROOT).decode()}",
    ],
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NoteBroken):
        parse_checkpoint(body)
