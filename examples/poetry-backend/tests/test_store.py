from app.store import Store


def test_orders_are_counted(tmp_path):
    store = Store(str(tmp_path / "orders.db"))
    store.add("tea", 2)
    assert store.count() == 1
