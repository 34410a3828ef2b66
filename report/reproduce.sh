# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154  # What the run's part sets.
#
# The rest of a script that `roxlab reproduce` prints: the same for every run. Before it stand, from
# the run: the functions fetch_base, write_patches, write_fragments, write_initramfs_head,
# load_order, make_variables, qemu_command, snapshots, and the variables used below.

usage() {
  cat <<'END'
Builds and boots again, without roxlab, what one run of a roxlab lab booted, and compares the dumps
of the kernel's page tables with those of the run, by SHA-256. Exit status: 0 all are equal, 1 not
all are, 2 it could not be tried.

Variables of the environment that matter:
  WORK        directory to work in; a stopped script goes on there (default: ./roxlab-RUN)
  BASE        the base's sources, instead of downloading them: a git repository that has the tree,
              an unpacked tree or a tarball
  JOBS        make -j (default: the number of CPUs)
  CCACHE_DIR  compile through ccache, with this cache
  SANDBOX     "none": build without bubblewrap, at paths that may end up in the kernel
END
}

say() { printf '== %s\n' "$*" >&2; }
die() {
  printf 'reproduce: %s\n' "$*" >&2
  exit 2
}

need() { command -v "$1" >/dev/null || die "missing tool '$1' (Debian: $2)"; }

need_tools() {
  need "$toolchain" gcc-aarch64-linux-gnu
  need "$qemu" qemu-system-arm
  need git git
  need make make
  need gcc gcc
  need flex flex
  need bison bison
  need bc bc
  need base64 coreutils
  need gzip gzip
  [ "${SANDBOX:-}" = none ] || need bwrap bubblewrap
  [ -z "${CCACHE_DIR:-}" ] || need ccache ccache
}

# Does a step unless it was done before in this directory.
step() {
  [ -e "done.$1" ] && return
  say "$1"
  "$1"
  : >"done.$1"
}

same_or() { [ "$1" = "$2" ] || say "note: $3 is '$1' here, was '$2' for the run"; }

sha256_of() { sha256sum "$1" | cut -d ' ' -f 1; }

# --- sources ---

# Makes a repository of the sources in ./src, to know which tree they are.
import_sources() {
  git init -q src
  git -C src config core.compression 0
  git -C src config gc.auto 0
  git -C src add --all --force .
  got=$(git -C src write-tree)
}

# ./src: a repository that holds the base's tree.
base_sources() {
  rm -rf src
  if [ -n "${BASE:-}" ] && git -C "$BASE" cat-file -e "$base_tree^{tree}" 2>/dev/null; then
    git clone -q --shared --no-checkout "$BASE" src
    return
  fi
  mkdir src
  if [ -z "${BASE:-}" ]; then
    fetch_base
  elif [ -d "$BASE" ]; then
    cp -a "$BASE/." src
    rm -rf src/.git
  else
    unpack "$BASE"
  fi
  import_sources
  [ "$got" = "$base_tree" ] || die "the sources are git tree $got, the run's $base_name was tree \
$base_tree: look for that one and say with BASE=... where it is"
}

unpack() { tar -xf "$1" -C src --strip-components=1 --no-same-owner; }

from_debian() { # PACKAGE SUITE
  # shellcheck disable=SC2016  # What apt expands itself.
  mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' | sed -n 's/^Debian //p' | head -n 1)
  [ -n "$mirror" ] || return 1
  rm -rf apt
  mkdir -p apt/lists/partial apt/cache/archives/partial
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main" \
    >apt/sources.list
  # A state of its own: the machine's packages and sources stay as they are.
  set -- "$1" -q -o "Dir::Etc::sourcelist=$PWD/apt/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::Lists=$PWD/apt/lists" \
    -o "Dir::Cache=$PWD/apt/cache" -o APT::Sandbox::User=root
  package=$1
  shift
  (cd apt && apt-get "$@" update && apt-get "$@" download "$package") >&2 || return 1
  dpkg-deb -x apt/*.deb apt/deb && unpack "apt/deb/usr/src/$package.tar.xz"
}

from_local() { # PATH
  [ -e "$1" ] || return 1
  if [ -d "$1" ]; then cp -a "$1/." src; else unpack "$1"; fi
}

from_git() { # URL REF
  git init -q --bare fetched.git && git -C fetched.git fetch -q --depth=1 --no-tags -- "$1" "$2" &&
    git -C fetched.git archive --format=tar FETCH_HEAD | tar -xf - -C src
}

from_tarball() { # URL SHA256
  curl -fsSL -o base.tarball "$1" && [ "$(sha256_of base.tarball)" = "$2" ] && unpack base.tarball
}

patched_sources() {
  git -C src reset -q
  git -C src checkout -q --force --detach "$(git -C src commit-tree -m base "$base_tree")"
  rm -rf patches
  mkdir patches
  write_patches
  for patch in patches/*; do
    [ -e "$patch" ] || break
    git -C src am -q --no-gpg-sign --keep-cr "../$patch" || die "$patch does not apply"
  done
}

# --- kernel ---

# Runs a command where the sources are /src and the output is /build, as they were for the run.
in_sandbox() {
  if [ "${SANDBOX:-}" = none ]; then
    "$@"
    return
  fi
  bwrap --unshare-all --die-with-parent \
    --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin \
    --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
    --ro-bind-try /etc/alternatives /etc/alternatives \
    --proc /proc --dev /dev --tmpfs /tmp \
    --ro-bind "$PWD/src" /src --bind "$PWD/build" /build --bind "${CCACHE_DIR:-$PWD/none}" /ccache \
    --chdir /build --hostname roxlab --clearenv --setenv PATH /usr/bin:/usr/sbin \
    --setenv HOME /tmp --setenv LC_ALL C --setenv CCACHE_DIR /ccache -- "$@"
}

run_make() {
  in_sandbox env KCONFIG_ALLCONFIG="$output/.fragments" \
    make -C "$source" "O=$output" "CC=$launcher$toolchain" "HOSTCC=${launcher}gcc" \
    -j "${JOBS:-$(nproc)}" "$@" >>make.log 2>&1 || {
    tail -n 30 make.log >&2
    die "make failed; all it said is in $PWD/make.log"
  }
}

configured_kernel() {
  mkdir -p build none
  write_fragments >build/.fragments
  make_variables allnoconfig
}

built_kernel() { make_variables Image modules; }

# --- machine ---

# Appends to an archive in the form that the kernel takes as its initramfs ("newc"), with inodes
# counted on and no times or owners.
newc() { # HEX-MODE NAME [FILE]
  inode=$((inode + 1))
  size=0
  [ $# -lt 3 ] || size=$(($(wc -c <"$3")))
  printf '070701%08x%s%032x%08x%032x%08x%08x%s\0' "$inode" "$1" 0 "$size" 0 $((${#2} + 1)) 0 "$2"
  zeros $((110 + ${#2} + 1))
  [ $# -lt 3 ] || cat "$3"
  zeros "$size"
}

# What is missing of a multiple of four.
zeros() { head -c $(((4 - $1 % 4) % 4)) /dev/zero; }

module_archive() {
  find build -name '*.ko' >modules.found
  inode=0
  newc 000041ed modules
  load_order >load-order
  while read -r module; do
    file=$(grep "/$module\$" modules.found | head -n 1)
    [ -n "$file" ] || die "the kernel has no module $module, which the run loaded"
    newc 000081a4 "modules/$module" "$file"
  done <load-order
  newc 000081a4 modules/load-order load-order
  printf '070701%032x%08x%048x0000000b00000000TRAILER!!!\0' 0 1 0
  zeros 121
}

initramfs() {
  mkdir -p boot
  module_archive >modules.cpio
  write_initramfs_head | gzip -dc >boot/initramfs.cpio
  cat modules.cpio >>boot/initramfs.cpio
  cp build/arch/arm64/boot/Image boot/Image
}

booted() {
  say "$("$qemu" --version | head -n 1)"
  (cd boot && rm -f results.bin && qemu_command </dev/null)
}

# --- comparison ---

# The unsigned little-endian numbers of SIZE bytes each in the COUNT bytes at an OFFSET of the
# result stream.
numbers() { # OFFSET COUNT SIZE
  od -An -v -t "u$3" --endian=little -j "$1" -N "$2" boot/results.bin
}

# Cuts the dumps out of the result stream of the program in the guest: records of a header (magic
# 0x31525852, type, length of the name, length of the payload, number), name, payload, CRC. Type 4:
# kernel_page_tables at the end of the phase that the name says.
cut_dumps() {
  rm -rf dumps
  mkdir dumps
  end=$(($(wc -c <boot/results.bin)))
  at=0
  while [ $((at + 16)) -le "$end" ]; do
    # shellcheck disable=SC2046  # Words are wanted.
    set -- $(numbers "$at" 4 4) $(numbers $((at + 4)) 4 2) $(numbers $((at + 8)) 4 4)
    [ "$1" = 827480146 ] || die "the result stream is torn at byte $at"
    phase=$(tail -c +$((at + 17)) boot/results.bin | head -c "$3")
    [ "$2" != 4 ] ||
      tail -c +$((at + 17 + $3)) boot/results.bin | head -c "$4" >"dumps/$phase"
    at=$((at + 16 + $3 + $4 + 4))
  done
}

compared() {
  status=0
  printf '%-12s %-64s  %s\n' phase 'sha256 of the dump here' 'of the run'
  while read -r phase wanted; do
    got=none
    [ ! -e "dumps/$phase" ] || got=$(sha256_of "dumps/$phase")
    word=same
    [ "$got" = "$wanted" ] || { word=DIFFERENT status=1; }
    printf '%-12s %-64s  %s  %s\n' "$phase" "$got" "$wanted" "$word"
  done <<END
$(snapshots)
END
  same_or "$(sha256_of boot/Image)" "$image_sha256" "the SHA-256 of Image"
  same_or "$(sha256_of modules.cpio)" "$modules_sha256" "the SHA-256 of the modules' archive"
  same_or "$(sha256_of boot/initramfs.cpio)" "$initramfs_sha256" "the SHA-256 of the initramfs"
  return "$status"
}

main() {
  case ${1:-} in '') ;; *)
    usage
    exit 2
    ;;
  esac
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null LC_ALL=C
  export GIT_AUTHOR_NAME=roxlab GIT_AUTHOR_EMAIL=roxlab@example.org
  export GIT_COMMITTER_NAME=roxlab GIT_COMMITTER_EMAIL=roxlab@example.org
  need_tools
  same_or "$("$toolchain" --version | head -n 1)" "$compiler" "the compiler"
  [ -z "$qemu_version" ] || same_or "$("$qemu" --version | head -n 1)" "$qemu_version" QEMU
  mkdir -p "${WORK:=roxlab-$run}"
  [ -z "${BASE:-}" ] || BASE=$(cd "$(dirname "$BASE")" && pwd)/$(basename "$BASE")
  cd "$WORK" || exit 2
  source=/src output=/build launcher=
  [ "${SANDBOX:-}" != none ] || source=$PWD/src output=$PWD/build
  [ -z "${CCACHE_DIR:-}" ] || { launcher='ccache ' && mkdir -p "$CCACHE_DIR"; }
  for name in base_sources patched_sources configured_kernel built_kernel initramfs booted; do
    step "$name"
  done
  cut_dumps
  compared
}
