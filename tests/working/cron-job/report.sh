#!/bin/sh
echo "report written"
