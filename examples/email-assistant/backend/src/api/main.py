import sys
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

import src
from src.config.settings import get_settings
from src.core.drafts import Mail, draft
from src.core.oauth import authorization_url, new_state, state_is_valid

app = FastAPI(title="Email assistant", version=src.__version__)


class MailIn(BaseModel):
    sender: str
    subject: str
    body: str = ""


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/debug-config")
def debug_config() -> dict[str, object]:
    """What runs here, and which settings are there; never their values."""
    settings = get_settings()
    return {
        "version": src.__version__,
        "python": sys.version.split()[0],
        "package": str(Path(src.__file__).parent),
        "environment": settings.environment,
        "google_client_id": bool(settings.google_client_id),
        "google_client_secret": bool(settings.google_client_secret),
        "session_secret": bool(settings.session_secret),
    }


@app.get("/auth/google")
def auth_google() -> RedirectResponse:
    settings = get_settings()
    return RedirectResponse(authorization_url(settings, new_state(settings)), status_code=307)


@app.get("/auth/google/callback")
def auth_google_callback(state: str, code: str) -> dict[str, bool]:
    if not state_is_valid(get_settings(), state):
        raise HTTPException(400, "this sign-in has expired, start it again")
    return {"signed_in": bool(code)}


@app.post("/drafts")
def post_draft(mail: MailIn) -> dict[str, str]:
    return {"draft": draft(Mail(mail.sender, mail.subject, mail.body))}
