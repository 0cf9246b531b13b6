"""Old sign-in, kept until 2.2."""

AUTHORIZE = "https://accounts.google.com/o/oauth2/auth"
