#!/bin/sh
set -e
if [ "${1#-}" != "$1" ] || [ "$1" = "" ]; then
  set -- cat "$@"
fi
echo "starting: $1"
exec "$@"
