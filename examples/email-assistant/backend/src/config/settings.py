from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment; `.env` is for development only."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    environment: str = "development"
    port: int = 8000
    public_url: str = "http://localhost:8000"
    google_client_id: str = ""
    google_client_secret: str = ""
    session_secret: str = ""


@lru_cache
def get_settings() -> Settings:
    return Settings()
