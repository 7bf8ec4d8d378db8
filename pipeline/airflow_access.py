"""Who may do what in Airflow: four roles, the people who hold them, and the pool of the one writer.

`prepare` runs at each start of the server and changes only what differs; `user` makes one person's account. No account has a
password that is written anywhere in the project: it is read from a file or made here and shown once.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

# DuckDB has one writer: what writes the candidate or the archive waits for this one slot.
WRITER_POOL = "ocop_writer"

ADMINISTRATOR = "admin"
OPERATOR, DESK, ANALYST, AUDITOR = "operator", "reporting-desk", "analyst", "auditor"
# The DAGs a role may start, clear and pause; every role reads all of them.
RUNS = {
    OPERATOR: ("nightly_load", "submission_watch", "ministry_report", "housekeeping"),
    DESK: ("ministry_report", "decision"),
    ANALYST: (),
    AUDITOR: (),
}


def permissions_of(role: str) -> set[tuple[str, str]]:
    """Return what a role may do, as pairs of action and resource of the FAB provider."""
    from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
    from airflow.providers.fab.www.security import permissions as fab

    standard = FabAirflowSecurityManagerOverride
    granted = set(standard.VIEWER_PERMISSIONS)
    for dag_id in RUNS[role]:
        granted.add((fab.ACTION_CAN_EDIT, fab.resource_name(dag_id, fab.RESOURCE_DAG)))
    if RUNS[role]:
        # Good only for the DAGs above: a run or task can be changed by who may edit its DAG.
        granted |= {
            (fab.ACTION_CAN_CREATE, fab.RESOURCE_DAG_RUN),
            (fab.ACTION_CAN_EDIT, fab.RESOURCE_DAG_RUN),
            (fab.ACTION_CAN_EDIT, fab.RESOURCE_TASK_INSTANCE),
        }
    if role == DESK:
        # To sign is the desk's alone: who runs the machine does not approve what it prints.
        granted.add((fab.ACTION_CAN_EDIT, fab.RESOURCE_HITL_DETAIL))
    if role == OPERATOR:
        granted |= set(standard.OP_PERMISSIONS)
    if role == AUDITOR:
        reading = {fab.ACTION_CAN_READ, fab.ACTION_CAN_ACCESS_MENU}
        everything = standard.OP_PERMISSIONS + standard.ADMIN_PERMISSIONS
        granted |= {(action, resource) for action, resource in everything if action in reading}
    if role in (DESK, AUDITOR):
        granted.add((fab.ACTION_CAN_ACCESS_MENU, fab.RESOURCE_HITL_DETAIL))
    return granted


def prepare(administrator_password: Path) -> None:
    """Bring roles and pool to what is written above, and make the first administrator where there is none."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    make_pool()
    with get_application_builder() as builder:
        manager = builder.sm
        manager.sync_roles()
        for role in RUNS:
            _set_role(manager, role)
        if manager.find_user(username=ADMINISTRATOR) is None:
            password = administrator_password.read_text(encoding="utf-8").strip()
            _add_user(manager, ADMINISTRATOR, "Admin", password)
            print(f"User {ADMINISTRATOR} made; the password is the one in {administrator_password.name}.")
    print(f"Roles {', '.join(RUNS)} and pool {WRITER_POOL} are as this version wants them.")


def make_pool() -> None:
    """Make the pool of the one writer; a task of a pool that is missing would never start."""
    from airflow.models.pool import Pool

    Pool.create_or_update_pool(
        WRITER_POOL, slots=1, description="The one writer of the warehouse", include_deferred=False
    )


def _set_role(manager, name: str) -> None:
    """Give a role exactly its permissions: one that a version took back must go."""
    wanted = permissions_of(name)
    manager.bulk_sync_roles([{"role": name, "perms": wanted}])
    role = manager.find_role(name)
    for permission in list(role.permissions):
        if (permission.action.name, permission.resource.name) not in wanted:
            manager.remove_permission_from_role(role, permission)


def add_user(name: str, role: str) -> str:
    """Make the account of one person; return the password, which is kept nowhere in the clear. ValueError when it exists.

    The name is what the person signs in with and what stands under what the person approves.
    """
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    password = secrets.token_urlsafe(12)
    with get_application_builder() as builder:
        if builder.sm.find_user(username=name) is not None:
            raise ValueError(
                f"There is a user {name} already; an administrator resets passwords under Security, List Users."
            )
        _add_user(builder.sm, name, role, password)
    return password


def _add_user(manager, name: str, role: str, password: str) -> None:
    # Airflow wants two names and an address of its own for each; nothing of ours reads them.
    if not manager.add_user(name, name, role, f"{name}@localhost", manager.find_role(role), password):
        raise ValueError(f"Airflow did not take the user {name}; the lines above say why.")


def main(arguments: list[str]) -> int:
    """Read the command; 0 done, 2 refused."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.airflow_access", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    first = verbs.add_parser("prepare", help="roles, pool and the first administrator")
    first.add_argument("administrator_password", type=Path, help="file with the administrator's password")
    person = verbs.add_parser("user", help="an account for one person; prints its first password once")
    person.add_argument("name", help="as it is to stand under what the person signs")
    person.add_argument("role", choices=list(RUNS))
    given = parser.parse_args(arguments)
    try:
        if given.verb == "prepare":
            prepare(given.administrator_password)
        else:
            print(f"Password of {given.name}: {add_user(given.name, given.role)}")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
