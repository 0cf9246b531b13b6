from fastapi import FastAPI
from pydantic import BaseModel, PositiveInt

from app.store import Store

app = FastAPI(title="Orders")
store = Store("data/orders.db")


class Order(BaseModel):
    item: str
    quantity: PositiveInt = 1


@app.get("/health")
def health() -> dict[str, object]:
    return {"status": "ok", "orders": store.count()}


@app.post("/orders", status_code=201)
def take(order: Order) -> dict[str, int]:
    return {"id": store.add(order.item, order.quantity)}
