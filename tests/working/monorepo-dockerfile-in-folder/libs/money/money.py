def cents(amount: str) -> int:
    return round(float(amount) * 100)
