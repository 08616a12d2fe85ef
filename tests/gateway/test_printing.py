"""What a command prints of somebody else's file neither moves the cursor nor is taken for markup."""

import json

import pytest
import typer

from gateway.cli.printing import print_json, print_rows, say, stop

HOSTILE = "court[/red][bold]\x1b[2J\x9b1A\r\n\u202e\U000e0041:smile:"
SHOWN = "court[/red][bold]\\u001b[2J\\u009b1A\\u000d\\u000a\\u202e\\udb40\\udc41:smile:"


def moves(printed: str) -> bool:
    return any(one in printed for one in ("\x1b", "\x9b", "\r", "\u202e", "\U000e0041"))


@pytest.mark.parametrize("rows", [1, 2])
def test_a_row_shows_what_it_holds(
    rows: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    print_rows("Record", [{"origin": HOSTILE, "keys": [HOSTILE]}] * rows)

    printed = capsys.readouterr().out
    assert not moves(printed)
    assert printed.count(SHOWN) == 2 * rows


def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        stop(f"{HOSTILE} is no key\n  name another")
    say(HOSTILE)

    printed = capsys.readouterr().err
    assert not moves(printed)
    assert printed.count("\n") == 2
    assert printed.startswith("chakong: court[/red][bold]\\u001b")
    assert "is no key; name another\n" in printed


def test_json_says_the_same_to_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"origin": HOSTILE, "zh": "查控"})

    printed = capsys.readouterr().out
    assert not moves(printed)
    assert "查控" in printed
    assert json.loads(printed)["origin"] == HOSTILE


def test_a_single_row_is_cut_nowhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    key = "court+0a1b2c3d+" + "A" * 200

    print_rows("Bundle", [{"origin": "o" * 100, "keys": [key, key], "before": None}])

    printed = capsys.readouterr().out
    assert f"origin: {'o' * 100}\n" in printed
    assert f"keys: {key}, {key}\n" in printed
    assert "before: \n" in printed
