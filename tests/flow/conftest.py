"""A home that has lived through one night on the samples; every test gets its own copy."""

import shutil

import pytest
from homes import settings_of

from pipeline import steps
from pipeline.settings import PROJECT, Settings

SAMPLES = PROJECT / "samples"


@pytest.fixture(scope="session")
def sample_night(tmp_path_factory) -> tuple[Settings, list[steps.Outcome]]:
    """Home and outcomes of one night on every sample, the bad ones too. Do not change it."""
    home = tmp_path_factory.mktemp("samples")
    (home / "landing").mkdir()
    for path in [*SAMPLES.glob("*.xlsx"), *SAMPLES.glob("bad/*.xlsx")]:
        shutil.copy(path, home / "landing")
    settings = settings_of(home)
    return settings, steps.nightly(settings)


@pytest.fixture
def home(sample_night, tmp_path) -> Settings:
    """A copy of the sample home to change."""
    settings, _ = sample_night
    shutil.copytree(settings.home, tmp_path / "home")
    return settings_of(tmp_path / "home")
