# The packages are put together in one image and run in another, which has neither pip nor a compiler.
FROM python:3.13-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt \
 && /opt/venv/bin/python -m compileall -q /opt/venv

FROM python:3.13-slim-bookworm
RUN pip uninstall --yes --root-user-action=ignore pip \
 && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin practice \
 && install --directory --mode 700 --owner practice --group practice /data /backups
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    BACKUP_DIR=/backups \
    PORT=8000
USER practice
EXPOSE 8000
# For the web program; docker-compose.yml turns it off where nothing listens.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "scripts/healthcheck.py"]
# --bind is left out on purpose: gunicorn listens on PORT, the variable Config reads too.
CMD ["gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket", "crm.wsgi:app"]
