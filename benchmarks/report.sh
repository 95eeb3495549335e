#!/usr/bin/env bash
# Measures everything and writes docs/benchmarks.md, docs/images/benchmarks-growth.svg and benchmarks/results.json. About ten minutes; leave the machine alone.
#   benchmarks/report.sh [NAME...] [--limit SECONDS] [--budget SECONDS] [--no-processes] [--page-only]
# NAME is a row or the beginning of some (`W1`, `growth.W2`); figures of other rows stay as they are.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build src/NetPolicy.Cli -c Release -v q --nologo >&2
dotnet build benchmarks/NetPolicy.Benchmarks -c Release -v q --nologo >&2
exec dotnet benchmarks/NetPolicy.Benchmarks/bin/Release/net10.0/NetPolicy.Benchmarks.dll report --root . "$@"
