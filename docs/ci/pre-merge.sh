#!/bin/sh
# Judges the traces of a branch: pre-merge.sh BEFORE AFTER [COMMAND ...]
# It exits with 1 if something is lost, and with 2 if there is no verdict.
# COMMAND gets the verdict as Markdown on its standard input.
set -eu
before=$1
after=$2
shift 2

rm -f verdict.json verdict.md verdict.xml
code=0
ot2otel diff "$before" "$after" --strict \
    -o json:verdict.json -o markdown:verdict.md -o junit:verdict.xml || code=$?
if [ -f verdict.md ] && [ "$#" -gt 0 ]; then
    "$@" < verdict.md
fi
exit "$code"
