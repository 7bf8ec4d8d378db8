"""Who answers for a unit: a CSV in the data home that people edit. Personal: never published, never logged."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

from ingest.reference import units_of_all_eras
from pipeline.outcome import StepError
from pipeline.settings import Settings

COLUMNS = ("unit_code", "name", "email")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class Contact:
    """One person of one unit; an address may stand for several units."""

    unit_code: str
    name: str
    email: str


def read_contacts(settings: Settings) -> list[Contact]:
    """The contacts of the home, none where there is no table yet. StepError names every line that is wrong."""
    return _read(settings.contacts, settings.province_code) if settings.contacts.exists() else []


def take_contacts(settings: Settings, file: Path) -> list[Contact]:
    """Put a CSV in the place of the table; a wrong line keeps the old one."""
    found = _read(file, settings.province_code)
    folder = settings.contacts.parent
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    unfinished = folder / "contacts.unfinished"
    with open(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    ) as target:
        writer = csv.writer(target)
        writer.writerow(COLUMNS)
        writer.writerows((contact.unit_code, contact.name, contact.email) for contact in found)
        target.flush()
        os.fsync(target.fileno())
    os.replace(unfinished, settings.contacts)
    return found


def _read(file: Path, province_code: str) -> list[Contact]:
    try:
        text = file.read_text(encoding="utf-8-sig")  # Excel writes the mark
    except (OSError, UnicodeDecodeError) as error:
        raise StepError(f"{file.name} cannot be read ({error}); save it as CSV UTF-8.") from error
    lines = text.splitlines()
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    rows = csv.DictReader(lines, delimiter=separator)
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise StepError(
            f"{file.name} has no column {', '.join(missing)}; its first line is {','.join(COLUMNS)}."
        )
    known = {unit.code for unit in units_of_all_eras(province_code)}
    contacts, faults = [], []
    for row in rows:
        contact = Contact(*((row[name] or "").strip() for name in COLUMNS))
        # The address itself stays out of the sentence: sentences end in logs.
        if contact.unit_code not in known:
            faults.append(
                f"line {rows.line_num}: {contact.unit_code or 'nothing'} is no unit of the province."
            )
        elif not _ADDRESS.fullmatch(contact.email):
            faults.append(
                f"line {rows.line_num}: the address of {contact.unit_code} is not of the form name@office.vn."
            )
        elif any(
            (c.unit_code, c.email.lower()) == (contact.unit_code, contact.email.lower()) for c in contacts
        ):
            faults.append(
                f"line {rows.line_num}: the address stands twice for {contact.unit_code}; delete one."
            )
        else:
            contacts.append(contact)
    if faults:
        raise StepError(f"{file.name} is not taken. " + " ".join(faults))
    return contacts
