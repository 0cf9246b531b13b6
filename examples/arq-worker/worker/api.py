from contextlib import asynccontextmanager
from typing import Any

import numpy
import psycopg2
from arq import create_pool
from fastapi import FastAPI, Request
from mcp.server.fastmcp import FastMCP
from PIL import features
from sklearn.feature_extraction.text import CountVectorizer

from worker.settings import settings

tools = FastMCP("jobs")


@tools.tool()
def vocabulary(text: str) -> list[str]:
    """The words of a text."""
    return sorted(CountVectorizer().fit([text]).vocabulary_)


@asynccontextmanager
async def lifespan(app: FastAPI) -> Any:
    app.state.queue = None
    yield
    if app.state.queue is not None:
        await app.state.queue.aclose()


app = FastAPI(title="Jobs", lifespan=lifespan)
app.mount("/tools", tools.sse_app())


@app.get("/health")
async def health() -> dict[str, object]:
    return {
        "status": "ok",
        "numpy": numpy.__version__,
        "libpq": psycopg2.extensions.libpq_version(),
        "jpeg": features.check("jpg"),
        "words": vocabulary("to be or not to be"),
    }


@app.post("/jobs/word_count")
async def count(text: str, request: Request) -> dict[str, object]:
    state = request.app.state
    if state.queue is None:
        state.queue = await create_pool(settings.redis())
    job = await state.queue.enqueue_job("word_count", text)
    return {"job": job.job_id, "words": await job.result(timeout=10)}
