"""Depósito: existencias y movimientos."""

import os
import sqlite3
from collections.abc import Iterator

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from shared.auth import autorizado

BASE = os.environ.get("DEPOSITO_DB", "deposito.db")
TABLA = "CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, cantidad INTEGER NOT NULL CHECK (cantidad >= 0))"

app = FastAPI(title="Agente depósito")


class Movimiento(BaseModel):
    cantidad: int


def base() -> Iterator[sqlite3.Connection]:
    conexion = sqlite3.connect(BASE, check_same_thread=False)
    try:
        with conexion:
            conexion.execute(TABLA)
            yield conexion
    finally:
        conexion.close()


@app.get("/health")
def health(db: sqlite3.Connection = Depends(base)) -> dict[str, str]:
    db.execute("SELECT 1 FROM stock LIMIT 1")
    return {"status": "ok", "servicio": "agente-deposito"}


@app.get("/stock", dependencies=[Depends(autorizado)])
def stock(db: sqlite3.Connection = Depends(base)) -> dict[str, int]:
    return dict(db.execute("SELECT sku, cantidad FROM stock ORDER BY sku"))


@app.post("/stock/{sku}/movimientos", dependencies=[Depends(autorizado)])
def mover(sku: str, movimiento: Movimiento, db: sqlite3.Connection = Depends(base)) -> dict[str, int]:
    fila = db.execute("SELECT cantidad FROM stock WHERE sku = ?", (sku,)).fetchone()
    cantidad = (fila[0] if fila else 0) + movimiento.cantidad
    if cantidad < 0:
        raise HTTPException(409, "no hay tantas unidades")
    db.execute("INSERT INTO stock VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET cantidad = excluded.cantidad", (sku, cantidad))
    return {sku: cantidad}
