"""Imported by name in the server that reader processes are forked from, nowhere else: what every one of them needs.

See readers; imported here once, none of them has to import it again.
"""

from __future__ import annotations

import gc
import multiprocessing.spawn

import duckdb  # noqa: F401
import python_calamine  # noqa: F401

import ingest.receipt
import ingest.store  # noqa: F401
from ingest.spec import common_rules, load_forms

load_forms()
common_rules()
gc.freeze()  # what is here stays; no collection in a reader need look at it, or copy its pages by doing so
# A process would run the caller's main script again to find functions defined there. Ours are found in modules, and
# the script may be anything: of Airflow, of pytest, or read from standard input and gone.
multiprocessing.spawn._fixup_main_from_path = lambda _: None
