"""Writes office files so that the same content gives the same bytes: their zip container stores times."""

import os
import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def write(content: bytes, path: Path, day: date) -> None:
    """Store an office file under a fixed time and day, completely or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(fixed(content, day))
    os.replace(temporary, path)


def fixed(content: bytes, day: date) -> bytes:
    """An office file under a fixed time and day."""
    stamp = datetime(day.year, day.month, day.day).isoformat().encode() + b"Z"
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = STAMP.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
            stored = zipfile.ZipInfo(entry.filename, ZIP_TIME)
            stored.external_attr = 0o600 << 16
            copy.writestr(stored, data, zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()
