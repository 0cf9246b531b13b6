#!/bin/sh
if [ -d cache ]; then
  touch cache/windows
fi
