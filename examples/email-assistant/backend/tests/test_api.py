from fastapi.testclient import TestClient

from src.api.main import app

client = TestClient(app, follow_redirects=False)


def test_health():
    assert client.get("/health").json() == {"status": "ok"}


def test_debug_config_tells_no_values():
    answer = client.get("/debug-config").json()
    assert answer["session_secret"] in (True, False)


def test_sign_in_goes_to_the_provider():
    answer = client.get("/auth/google")
    assert answer.status_code == 307
    assert answer.headers["location"].startswith("https://accounts.google.com/")


def test_a_foreign_state_is_refused():
    assert client.get("/auth/google/callback", params={"state": "made-up", "code": "1"}).status_code == 400


def test_a_question_is_quoted():
    mail = {"sender": "ana.lopez@example.com", "subject": "Re: invoice", "body": "Hi\nWhen is it due?\n"}
    text = client.post("/drafts", json=mail).json()["draft"]
    assert text.startswith("Hello Ana,")
    assert "> When is it due?" in text
