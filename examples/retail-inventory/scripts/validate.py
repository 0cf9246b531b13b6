#!/usr/bin/env python3
"""Validación local antes de construir: 27 controles, sin instalar nada. Sale con 1 si alguno falla."""

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[1] / "inventario-retail"
CARPETAS = ("agente_deposito", "agente_negocio", "ml", "web_dashboard")
SERVICIOS = ("agente-deposito", "agente-negocio", "ml", "web_dashboard")
SECRETOS = ("DEPOSITO", "NEGOCIO", "ML", "DASHBOARD", "INTERNO")


def leer(nombre: str) -> str:
    return (RAIZ / nombre).read_text(encoding="utf-8")


def compila(carpeta: str) -> bool:
    for archivo in (RAIZ / carpeta).rglob("*.py"):
        ast.parse(archivo.read_text(encoding="utf-8"), str(archivo))
    return True


def fijados(carpeta: str) -> bool:
    lineas = leer(f"{carpeta}/requirements.txt").split()
    return bool(lineas) and all(re.fullmatch(r"[\w.\[\]-]+==[\w.]+", linea) for linea in lineas)


def sin_root(carpeta: str) -> bool:
    usuarios = re.findall(r"^USER (\S+)", leer(f"{carpeta}/Dockerfile"), re.M)
    return bool(usuarios) and usuarios[-1] != "root"


def puertos_distintos() -> bool:
    puertos = re.findall(r"_PORT=(\d+)", leer(".env.staging.template"))
    return len(puertos) == len(set(puertos)) == len(CARPETAS)


def bases_fijadas() -> bool:
    bases = [re.findall(r"^FROM (\S+)", leer(f"{c}/Dockerfile"), re.M) for c in CARPETAS]
    return all(":" in base and not base.endswith(":latest") for fila in bases for base in fila)


def controles() -> list[tuple[str, Callable[[], bool]]]:
    lista: list[tuple[str, Callable[[], bool]]] = []
    for c in CARPETAS:
        lista += [
            (f"{c}: tiene Dockerfile", lambda c=c: (RAIZ / c / "Dockerfile").is_file()),
            (f"{c}: versiones fijadas", lambda c=c: fijados(c)),
            (f"{c}: el código compila", lambda c=c: compila(c)),
            (f"{c}: tiene HEALTHCHECK", lambda c=c: "\nHEALTHCHECK " in leer(f"{c}/Dockerfile")),
            (f"{c}: no corre como root", lambda c=c: sin_root(c)),
        ]
    compose, plantilla = "docker-compose.production.yml", ".env.staging.template"
    return lista + [
        ("shared: el código compila", lambda: compila("shared")),
        ("compose: los cuatro servicios", lambda: all(f"\n  {s}:\n" in leer(compose) for s in SERVICIOS)),
        ("compose: usa los cinco secretos", lambda: all(f"${{JWT_SECRET_{s}}}" in leer(compose) for s in SECRETOS)),
        ("entorno: pide los cinco secretos", lambda: all(f"\nJWT_SECRET_{s}=" in leer(plantilla) for s in SECRETOS)),
        ("entorno: la plantilla no trae secretos", lambda: not re.search(r"^JWT_SECRET_\w+=\S", leer(plantilla), re.M)),
        ("entorno: puertos distintos", puertos_distintos),
        ("imágenes: bases con versión", bases_fijadas),
    ]


def main() -> int:
    lista = controles()
    bien = 0
    for numero, (nombre, control) in enumerate(lista, 1):
        try:
            paso, detalle = control(), ""
        except (OSError, SyntaxError, ValueError) as error:
            paso, detalle = False, f" ({error})"
        bien += paso
        print(f"[{numero:2}/{len(lista)}] {'OK   ' if paso else 'FALLA'} {nombre}{detalle}")
    print(f"{bien} de {len(lista)} controles pasaron")
    return 0 if bien == len(lista) else 1


if __name__ == "__main__":
    sys.exit(main())
