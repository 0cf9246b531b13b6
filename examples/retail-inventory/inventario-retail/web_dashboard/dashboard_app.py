"""Tablero web: el estado de los servicios y las existencias."""

import os
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from shared.auth import cabecera_interna

SERVICIOS = {
    "agente-deposito": os.environ.get("DEPOSITO_URL", "http://localhost:8001"),
    "agente-negocio": os.environ.get("NEGOCIO_URL", "http://localhost:8002"),
    "ml": os.environ.get("ML_URL", "http://localhost:8003"),
}

app = FastAPI(title="Tablero de inventario")
plantillas = Jinja2Templates(Path(__file__).with_name("templates"))


def estado(url: str) -> str:
    try:
        return str(httpx.get(f"{url}/health", timeout=3).json()["status"])
    except (httpx.HTTPError, KeyError, ValueError):
        return "no responde"


def existencias() -> dict[str, int]:
    try:
        respuesta = httpx.get(f"{SERVICIOS['agente-deposito']}/stock", headers=cabecera_interna("web_dashboard"), timeout=3)
        respuesta.raise_for_status()
        return dict(respuesta.json())
    except httpx.HTTPError:
        return {}


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok", "servicio": "web_dashboard"}


@app.get("/api/resumen")
def resumen() -> dict[str, object]:
    return {"servicios": {nombre: estado(url) for nombre, url in SERVICIOS.items()}, "stock": existencias()}


@app.get("/", response_class=HTMLResponse)
def tablero(request: Request) -> HTMLResponse:
    return plantillas.TemplateResponse(request, "tablero.html", resumen())


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=8080)
