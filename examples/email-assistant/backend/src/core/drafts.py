"""A first draft of an answer, from the subject and the sender of a mail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mail:
    sender: str
    subject: str
    body: str


def draft(mail: Mail) -> str:
    name = mail.sender.split("@")[0].split(".")[0].capitalize()
    subject = mail.subject.removeprefix("Re: ").strip() or "your mail"
    question = next((s.strip() for s in mail.body.split("\n") if s.strip().endswith("?")), "")
    lines = [f"Hello {name},", "", f"thank you for writing about {subject}."]
    if question:
        lines += ["", f"> {question}", "", "I will look into it and come back to you."]
    return "\n".join([*lines, "", "Kind regards"])
