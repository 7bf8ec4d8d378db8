# The image of every Airflow service: the locked packages, the project, LibreOffice for the PDF, pg_dump for the backup.
FROM python:3.11.13-slim-bookworm

# writer-nogui turns the docx into the PDF; Liberation 1 lacks Vietnamese letters, so it must be fonts-liberation2.
# postgresql-client has the pg_dump of the backup: bookworm's 15, the release of the metadata database.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libreoffice-writer-nogui fonts-liberation2 poppler-utils postgresql-client \
    && rm -rf /var/lib/apt/lists/*

# Without compiled bytecode every task pays the compilation again at import.
ENV PYTHONUNBUFFERED=1 \
    UV_COMPILE_BYTECODE=1 \
    VIRTUAL_ENV=/opt/venv \
    PATH=/opt/venv/bin:$PATH

WORKDIR /opt/ocop
COPY requirements.lock .
RUN python -m venv "$VIRTUAL_ENV" \
    && pip install --no-cache-dir --disable-pip-version-check uv==0.13.9 \
    && uv pip sync --no-cache --require-hashes requirements.lock
COPY . .
RUN uv pip install --no-cache --no-deps --editable .

# The frozen copies name the commit they were made by; the image carries no history to look it up in.
ARG OCOP_COMMIT=unknown
ENV OCOP_COMMIT=$OCOP_COMMIT

# Not root, and a fixed number so that the folders of the host can be given to it.
RUN useradd --uid 50000 --create-home airflow \
    && install -d -o airflow -g airflow /opt/airflow /opt/airflow/logs /srv/ocop
USER airflow
