#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# clang-tidy over our sources: tests/tidy.sh BUILD_DIR. A file that passed is not looked at again
# until it, a header of ours that it includes, or .clang-tidy changes; what passed is remembered
# in ROXLAB_CACHE.
set -euo pipefail
build=$1
# One list: what is judged, and what of ours it is judged by.
folders='common spec board client pagetable report db server runner cli'
passed=${ROXLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/roxlab}/tidy
mkdir -p "$passed"

# What a source is judged by: itself and what it includes of this tree, generated code apart.
key() {
  {
    cat .clang-tidy "$1"
    g++ -std=c++20 -MM -MG -I. -Ibuild/proto "$1" 2>/dev/null | tr ' \\' '\n\n' |
      grep -E "^(${folders// /|})/" | sort -u | xargs -r cat
  } | sha256sum | cut -d' ' -f1
}

check() {
  local k
  k=$(key "$2")
  [ -e "$passed/$k" ] && return
  clang-tidy -p "$1" --quiet --extra-arg=-Wno-unknown-warning-option "$2" 2>/dev/null || { echo "clang-tidy: $2" >&2; return 1; }
  touch "$passed/$k"
}
export -f key check
export passed folders

for folder in $folders; do git ls-files -- "$folder/*.cc" ':!runner/probe/*'; done |
  xargs -P "$(nproc)" -I{} bash -c 'check "$@"' _ "$build" {}
