"""Tokens JWT: los de los usuarios de un servicio, y los internos de servicio a servicio."""

import os
import time

import jwt
from fastapi import Header, HTTPException

ALGORITMO = "HS256"
MINIMO = 32
SEGUNDOS = 300


def secreto(nombre: str) -> str:
    valor = os.environ.get(nombre, "")
    if len(valor) < MINIMO:
        raise SystemExit(f"{nombre} falta o tiene menos de {MINIMO} caracteres")
    return valor


PROPIO = secreto("JWT_SECRET")
INTERNO = secreto("JWT_SECRET_INTERNO")
if PROPIO == INTERNO:
    raise SystemExit("JWT_SECRET y JWT_SECRET_INTERNO deben ser distintos")


def token_interno(servicio: str) -> str:
    return jwt.encode({"sub": servicio, "exp": int(time.time()) + SEGUNDOS}, INTERNO, ALGORITMO)


def cabecera_interna(servicio: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_interno(servicio)}"}


def autorizado(authorization: str = Header("")) -> str:
    """Dependencia de FastAPI: quién pide, según un token propio o interno."""
    token = authorization.removeprefix("Bearer ")
    for clave in (PROPIO, INTERNO):
        try:
            return str(jwt.decode(token, clave, [ALGORITMO])["sub"])
        except (jwt.InvalidTokenError, KeyError):
            continue
    raise HTTPException(401, "token inválido o vencido")
