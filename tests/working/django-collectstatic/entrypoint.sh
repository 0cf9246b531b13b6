#!/bin/sh
set -e
: "${DJANGO_SECRET_KEY:=$(python -c 'import secrets; print(secrets.token_hex(16))')}"
export DJANGO_SECRET_KEY
python manage.py migrate --noinput
exec "$@"
