"""The sign-in with Google: authorization code flow with a signed state."""

import secrets
from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeTimedSerializer

from src.config.settings import Settings

AUTHORIZE = "https://accounts.google.com/o/oauth2/v2/auth"
SCOPES = ("openid", "email", "https://www.googleapis.com/auth/gmail.compose")
STATE_SECONDS = 600

# Without SESSION_SECRET the state is only good for one process.
_FALLBACK_SECRET = secrets.token_urlsafe(32)


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.session_secret or _FALLBACK_SECRET, salt="oauth-state")


def new_state(settings: Settings) -> str:
    return _signer(settings).dumps(secrets.token_urlsafe(16))


def state_is_valid(settings: Settings, state: str) -> bool:
    try:
        _signer(settings).loads(state, max_age=STATE_SECONDS)
    except BadSignature:
        return False
    return True


def authorization_url(settings: Settings, state: str) -> str:
    query = {
        "client_id": settings.google_client_id,
        "redirect_uri": f"{settings.public_url}/auth/google/callback",
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "access_type": "offline",
        "state": state,
    }
    return f"{AUTHORIZE}?{urlencode(query)}"
