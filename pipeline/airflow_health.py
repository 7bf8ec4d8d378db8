"""Tell whether one component of Airflow is alive, for the health checks of docker-compose.yml.

`airflow jobs check` answers the same question for two seconds of processor and 150 MB of memory each time;
the api-server keeps the heartbeats of all components at hand.
"""

from __future__ import annotations

import json
import sys
from urllib.error import URLError
from urllib.request import urlopen

HEALTH = "http://api-server:8080/api/v2/monitor/health"


def status_of(component: str, url: str = HEALTH) -> str:
    """Return the status the api-server gives for a component: healthy, unhealthy, None if it never ran."""
    with urlopen(url, timeout=10) as answer:
        return str(json.load(answer)[component]["status"])


def main(component: str) -> int:
    """Print the status; 0 when it is healthy."""
    try:
        status = status_of(component)
    except URLError as error:
        status = f"unknown, the api-server does not answer: {error.reason}"
    print(f"{component}: {status}")
    return 0 if status == "healthy" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
