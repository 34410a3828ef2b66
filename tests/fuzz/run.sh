#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh TARGET [SEEDS...]: fuzzes for ROXLAB_FUZZ_SECONDS (60). New inputs go into a directory that
# is thrown away; one that fails stays in the working directory and is named.
set -euo pipefail
target=$1
shift
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
if [ $# -eq 0 ]; then "$target" "--write-seeds=$corpus" -runs=0; fi
"$target" -max_total_time="${ROXLAB_FUZZ_SECONDS:-60}" -max_len=262144 -timeout=10 \
  -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$(basename "$target")." \
  "$corpus" "$@" 2>&1 | tail -n 25
