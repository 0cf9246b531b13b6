"""The API of the document system."""

import io
import json
import os

import psycopg
import redis
from flask import Flask, Response, jsonify, request
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from app.database import connect
from app.ranking import device, similarities

CACHE_SECONDS = 60
FOUND = "SELECT id, title, content FROM documents WHERE to_tsvector('simple', title || ' ' || content) @@ plainto_tsquery('simple', %s) LIMIT 200"

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 20 * 1024 * 1024
cache = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0"), socket_connect_timeout=2)


@app.get("/health")
def health() -> Response:
    return jsonify(status="ok", device=device())


@app.get("/ready")
def ready() -> tuple[Response, int]:
    """200 when the database has its tables and the cache answers."""
    state = {"database": "ok", "cache": "ok"}
    try:
        with connect() as connection:
            connection.execute("SELECT 1 FROM documents LIMIT 1")
    except psycopg.errors.UndefinedTable:
        state["database"] = "not initialised"
    except psycopg.Error:
        state["database"] = "not reachable"
    try:
        cache.ping()
    except redis.RedisError:
        state["cache"] = "not reachable"
    return jsonify(state), 200 if set(state.values()) == {"ok"} else 503


@app.post("/documents")
def add_document() -> tuple[Response, int]:
    """A PDF as the body, or JSON with title and content."""
    if request.mimetype == "application/pdf":
        try:
            pages = PdfReader(io.BytesIO(request.get_data())).pages
            content = "\n".join(page.extract_text() for page in pages)
        except PyPdfError as error:
            return jsonify(error=f"not a readable PDF: {error}"), 400
        title = request.args.get("title", "untitled")
    else:
        body = request.get_json()
        title, content = str(body["title"]), str(body["content"])
    with connect() as connection:
        row = connection.execute(
            "INSERT INTO documents (title, content) VALUES (%s, %s) RETURNING id", (title, content)
        ).fetchone()
    cache.flushdb()
    return jsonify(row), 201


@app.get("/search")
def search() -> Response:
    query = request.args.get("q", "")
    cached = cache.get(f"search:{query}")
    if cached:
        return jsonify(json.loads(cached))
    with connect() as connection:
        rows = connection.execute(FOUND, (query,)).fetchall()
    scores = similarities(query, [f"{row['title']} {row['content']}" for row in rows])
    ranked = sorted(zip(scores, rows), key=lambda pair: pair[0], reverse=True)
    found = [{"id": row["id"], "title": row["title"], "score": round(score, 3)} for score, row in ranked]
    cache.set(f"search:{query}", json.dumps(found), ex=CACHE_SECONDS)
    return jsonify(found)
