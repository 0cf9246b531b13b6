def total(price: int, count: int) -> int:
    return price * count + 2
