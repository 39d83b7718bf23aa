#!/usr/bin/env bash
# setup.sh - installs what mailwhy needs, configures and builds it in build/.
#
# Safe to run again: it installs only what is missing and builds only what has
# changed.  On Debian and Ubuntu it uses apt (with sudo when not root); on other
# systems it lists what to install and stops.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
cd "$(dirname "$0")"

packages=(
    gcc cmake ninja-build pkg-config
    libpcap-dev       # captures, BPF
    libnids-dev       # TCP stream reassembly
    libssl-dev        # certificates, decryption
    libarchive-dev    # compressed captures
    zlib1g-dev        # those compressed with gzip, to their last byte
    libyaml-dev       # rule files
    libpcre2-dev      # regular expressions in rules
    libjansson-dev    # JSON
    libseccomp-dev    # sandbox of the parsing processes
    libcmocka-dev     # unit tests
    python3-jsonschema # a test holds the JSON reports against their schema
    python3-yaml      # another reads the truth about the samples
)

missing() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
            grep -q 'install ok installed' || printf '%s\n' "$package"
    done
}

if ! command -v apt-get >/dev/null; then
    for tool in cc cmake pkg-config; do
        command -v "$tool" >/dev/null || need_help=yes
    done
    if [ "${need_help:-}" = yes ] || ! pkg-config --exists libpcap openssl \
        libarchive zlib yaml-0.1 libpcre2-8 jansson libseccomp cmocka; then
        echo "setup.sh: this system has no apt-get. Please install, by the names" >&2
        echo "your system uses, what Debian calls:" >&2
        printf '  %s\n' "${packages[@]}" >&2
        echo "and run setup.sh again." >&2
        exit 1
    fi
else
    mapfile -t wanted < <(missing)
    if [ "${#wanted[@]}" -gt 0 ]; then
        echo "setup.sh: installing ${wanted[*]}"
        as_root=()
        if [ "$(id -u)" -ne 0 ]; then
            as_root=(sudo)
        fi
        "${as_root[@]}" apt-get update -q
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "${wanted[@]}"
    fi
fi

generator=()
if [ ! -f build/CMakeCache.txt ] && command -v ninja >/dev/null; then
    generator=(-G Ninja)
fi
strict=()
if [ -n "${CI:-}" ]; then
    strict=(-DMAILWHY_WERROR=ON) # a warning stops CI, never a user's build
fi
cmake -S . -B build "${generator[@]}" -DCMAKE_BUILD_TYPE=Release \
    "${strict[@]}" "$@"
cmake --build build --parallel
echo "setup.sh: built build/mailwhy"
