"""Negocio: precios de venta según el costo y lo que queda en el depósito."""

import os

import httpx
from fastapi import Depends, FastAPI, HTTPException

from shared.auth import autorizado, cabecera_interna

DEPOSITO = os.environ.get("DEPOSITO_URL", "http://localhost:8001")
MARGEN = 0.35
ESCASEZ = 10  # unidades

app = FastAPI(title="Agente negocio")


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok", "servicio": "agente-negocio"}


@app.get("/precio/{sku}", dependencies=[Depends(autorizado)])
def precio(sku: str, costo: float) -> dict[str, float]:
    respuesta = httpx.get(f"{DEPOSITO}/stock", headers=cabecera_interna("agente-negocio"), timeout=5)
    respuesta.raise_for_status()
    quedan = respuesta.json().get(sku)
    if quedan is None:
        raise HTTPException(404, f"{sku} no está en el depósito")
    recargo = 0.10 if quedan < ESCASEZ else 0.0
    return {"precio": round(costo * (1 + MARGEN + recargo), 2), "quedan": quedan}
