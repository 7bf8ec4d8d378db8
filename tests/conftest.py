"""Property tests say when a property breaks, not when a shared machine is slow; Airflow's tests keep Airflow to themselves."""

import pytest
from hypothesis import settings

settings.register_profile("ocop", deadline=None)
settings.load_profile("ocop")


@pytest.fixture(autouse=True)
def metadata_of_airflow_tests_only(request, monkeypatch):
    """Hide the metadata database that tests/dags sets for the process: whether it is made yet depends on who ran before."""
    if "dags" not in request.path.parts:
        for variable in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"):
            monkeypatch.delenv(variable, raising=False)
