"""The package as an environment sees it."""

import os
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from gateway.department_settings import Department
from gateway.issuer_settings import TrustedIssuer
from gateway.record_settings import RecordSigner, RecordStamping, RecordWitness
from gateway.settings import Settings, load_settings

OURS = ("auth", "connectors", "domain", "gateway", "resolvers", "sandbox", "storage")


@pytest.mark.parametrize("name", OURS)
def test_no_dependency_provides_our_import_names(name: str) -> None:
    assert set(packages_distributions().get(name, ())) <= {"chakong"}


def test_every_setting_is_documented() -> None:
    page = Path("docs/configuration.md").read_text(encoding="utf-8")

    for name, field in Settings.model_fields.items():
        assert f"`{name}`" in page
        assert field.description
    for prefix, model in (
        ("departments.<stem>", Department),
        ("record_signers.<name>", RecordSigner),
        ("record_witnesses.<name>", RecordWitness),
        ("record_stamping", RecordStamping),
        ("trusted_issuers", TrustedIssuer),
    ):
        for name, field in model.model_fields.items():
            assert f"`{prefix}.{name}` | {field.description}" in page


def test_long_tokens_are_refused_outside_the_demo() -> None:
    with pytest.raises(ValueError, match="outside the demo"):
        load_settings(access_token_seconds=8 * 3600)


def test_secrets_are_masked_when_shown() -> None:
    settings = load_settings(pseudonym_key="x" * 32)

    assert "x" * 32 not in settings.model_dump_json()


def test_the_wheel_holds_all_that_runs(tmp_path: Path) -> None:
    """Built as pip builds it, then loaded from the archive's content alone."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)

    show = "from gateway.schema import build_graph; print(build_graph().printed)"
    printed = subprocess.run(
        [sys.executable, "-c", show],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
    ).stdout.decode()

    assert printed == Path("schema.graphql").read_text(encoding="utf-8") + "\n"
    assert (site / "gateway/graphiql/dist/index.html").exists()
    assert list((site / "storage/migrations/versions").glob("0001_*.py"))
    assert not (site / "tests").exists()
