from typing import Any

from worker.settings import settings


async def word_count(context: dict[str, Any], text: str) -> int:
    return len(text.split())


class WorkerSettings:
    functions = [word_count]
    redis_settings = settings.redis()
    health_check_interval = 5
