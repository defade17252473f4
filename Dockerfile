FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DATABASE_URL=sqlite:////data/lookout.db

WORKDIR /app
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY bot bot

RUN useradd --system --no-create-home lookout && install -d -o lookout /data
USER lookout
VOLUME /data
EXPOSE 3000

# The exec form: SIGTERM reaches Python, which ends the answers under way.
CMD ["python", "-m", "bot", "run"]
