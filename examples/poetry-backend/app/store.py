from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, insert, select

metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item", String, nullable=False),
    Column("quantity", Integer, nullable=False),
)


class Store:
    def __init__(self, path: str) -> None:
        self.engine = create_engine(f"sqlite:///{path}")
        metadata.create_all(self.engine)

    def add(self, item: str, quantity: int) -> int:
        with self.engine.begin() as connection:
            return connection.execute(insert(orders).values(item=item, quantity=quantity)).inserted_primary_key[0]

    def count(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(orders)).scalar_one()
