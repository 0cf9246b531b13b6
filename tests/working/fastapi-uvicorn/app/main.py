from fastapi import FastAPI


def build() -> FastAPI:
    api = FastAPI(title="quotes")

    @api.get("/quotes/{number}")
    def quote(number: int) -> dict[str, int]:
        return {"number": number}

    return api
