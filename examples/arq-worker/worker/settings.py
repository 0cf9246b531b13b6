from arq.connections import RedisSettings
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_host: str = "localhost"
    redis_port: int = 6379

    def redis(self) -> RedisSettings:
        return RedisSettings(host=self.redis_host, port=self.redis_port, conn_retries=20)


settings = Settings()
