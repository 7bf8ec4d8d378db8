"""Tell whether one component of Airflow is alive, for the health checks of docker-compose.yml.

`airflow jobs check` answers the same question for two seconds of processor and 150 MB of memory each time;
the api-server keeps the heartbeats of all components at hand.
"""

from __future__ import annotations

import json
import os
import sys
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import urlopen


def status_of(component: str) -> str:
    """Return the status the api-server gives for a component: healthy, unhealthy, None if it never ran."""
    # The one address of the api-server every component is told.
    server = os.environ["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    with urlopen(urljoin(server, "/api/v2/monitor/health"), timeout=10) as answer:
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
