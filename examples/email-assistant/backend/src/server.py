"""Entry point of the container: `python src/server.py`."""

import uvicorn

from src.api.main import app
from src.config.settings import get_settings


def main() -> None:
    uvicorn.run(app, host="0.0.0.0", port=get_settings().port, proxy_headers=True)


if __name__ == "__main__":
    main()
