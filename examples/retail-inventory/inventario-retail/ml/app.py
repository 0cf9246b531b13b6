"""ML: cuánto se venderá, con suavizado exponencial doble; con torch, en la GPU si la hay."""

import numpy as np
from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field

from shared.auth import autorizado

try:
    import torch
except ImportError:
    torch = None

NIVEL, TENDENCIA = 0.5, 0.3

app = FastAPI(title="ML")


class Serie(BaseModel):
    ventas: list[float] = Field(min_length=2)
    dias: int = Field(7, ge=1, le=90)


@app.get("/health")
def health() -> dict[str, str]:
    gpu = torch is not None and torch.cuda.is_available()
    return {"status": "ok", "servicio": "ml", "equipo": "gpu" if gpu else "cpu"}


@app.post("/prediccion", dependencies=[Depends(autorizado)])
def prediccion(serie: Serie) -> dict[str, list[float]]:
    nivel, tendencia = serie.ventas[0], serie.ventas[1] - serie.ventas[0]
    for venta in serie.ventas[1:]:
        antes = nivel
        nivel = NIVEL * venta + (1 - NIVEL) * (nivel + tendencia)
        tendencia = TENDENCIA * (nivel - antes) + (1 - TENDENCIA) * tendencia
    futuro = nivel + tendencia * np.arange(1, serie.dias + 1)
    return {"prediccion": np.maximum(futuro, 0).round(2).tolist()}
