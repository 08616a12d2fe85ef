"""What the record is called stays, wherever the gateway moves: else its own checkpoints would not count."""

from pathlib import Path

from gateway.backup import KEY_FILES
from gateway.record_origin import RECORD_ORIGIN, record_origin
from gateway.settings import Settings


def test_a_record_keeps_the_name_it_began_with(tmp_path: Path) -> None:
    began = record_origin(Settings(data_dir=tmp_path, port=8931))

    moved = record_origin(Settings(data_dir=tmp_path, public_url="https://court.example"))

    assert began == moved == "127.0.0.1:8931/record"


def test_another_directory_begins_another_record_and_one_that_is_not_there_is_not_made(
    tmp_path: Path,
) -> None:
    nowhere = tmp_path / "nowhere"

    assert record_origin(Settings(data_dir=nowhere, port=8000)) == "127.0.0.1:8000/record"
    assert not nowhere.exists()


def test_a_backup_takes_the_name_along() -> None:
    assert RECORD_ORIGIN in KEY_FILES
