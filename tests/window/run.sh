#!/usr/bin/env bash
# The add-on in a real Blender in a real window, by simulated typing and clicking; screenshots in out/window.
#
# Blender comes from Debian trixie, in a chroot that is made once (about 4 minutes, 1.7 GB) in $DREAMGROVE_CHROOT or a cache
# folder. The engine runs outside of it, with the environment in $DREAMGROVE_ENGINE or the checkout's (.dev/engine).
# DREAMGROVE_WINDOW_METHODS=FILE: other methods than the product's, for work without trained weights.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
chroot=${DREAMGROVE_CHROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/dreamgrove/trixie}
out=${DREAMGROVE_WINDOW_OUT:-$root/out/window}
packages="blender python3-numpy python3-requests xvfb xdotool imagemagick libgl1-mesa-dri fonts-dejavu-core"

say() { echo "window test: $*" >&2; }
fail() { say "$*"; exit 2; }

[ "$(uname -s)" = Linux ] || fail "it needs Linux, for a Debian chroot"
[ "$(id -u)" = 0 ] || fail "it needs root, to make and enter the Debian chroot; run: sudo -E bash tests/window/run.sh"

ready() { [ -e "$chroot/etc/debian_version" ] && chroot "$chroot" sh -c "command -v blender Xvfb import" >/dev/null 2>&1; }

make_chroot() {
    ready && return
    command -v debootstrap >/dev/null || fail "install debootstrap first: apt install debootstrap"
    say "making a Debian with Blender in $chroot; this happens once"
    if [ ! -e "$chroot/etc/debian_version" ] || [ -e "$chroot/debootstrap" ]; then
        rm -rf "$chroot.partial"
        mkdir -p "$chroot.partial"
        debootstrap --variant=minbase trixie "$chroot.partial" ${DREAMGROVE_DEBIAN_MIRROR:+"$DREAMGROVE_DEBIAN_MIRROR"} >"$chroot.log" 2>&1 ||
            fail "debootstrap failed; see $chroot.log"
        rm -rf "$chroot"
        mv "$chroot.partial" "$chroot"
    fi
    # Services have no place in a chroot.
    printf '#!/bin/sh\nexit 101\n' >"$chroot/usr/sbin/policy-rc.d"
    chmod +x "$chroot/usr/sbin/policy-rc.d"
    # shellcheck disable=SC2086
    chroot "$chroot" sh -c "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $packages" \
        >>"$chroot.log" 2>&1 || fail "installing Blender failed; see $chroot.log"
    ready || fail "Blender is not where it should be; see $chroot.log"
}

mounted=()
work=""
data=""
cleanup() {
    code=$?
    trap - EXIT
    [ -z "$data" ] || {
        cp "$data"/server.log "$data"/jobs/*/log.txt "$out"/ 2>/dev/null || true
        "$python" "$here/engine.py" stop "$data" || true
        rm -rf "$data"
    }
    [ -z "$work" ] || rm -rf "$chroot$work"
    for each in "${mounted[@]:-}"; do [ -z "$each" ] || umount "$each" || true; done
    exit $code
}
trap cleanup EXIT
trap 'exit 130' INT TERM

mount_once() { # TYPE SOURCE FOLDER
    mountpoint -q "$chroot/$3" && return
    if [ "$1" = bind ]; then mount --bind "$2" "$chroot/$3"; else mount -t "$1" "$2" "$chroot/$3"; fi
    mounted=("$chroot/$3" "${mounted[@]:-}")
}

python=${PYTHON:-python3}
mkdir -p "$(dirname "$chroot")" "$out"
rm -f "$out"/*.png "$out"/*.json
[ -e "$chroot/etc/debian_version" ] || make_chroot
mount_once proc proc proc
mount_once bind /dev dev
make_chroot

# The add-on as an installed extension: a copy, so that nothing in the checkout is at the mercy of the chroot.
work=$(cd "$chroot/tmp" && mktemp -d dreamgrove-window.XXXXXX)
work=/tmp/$work
extension=$chroot$work/resources/extensions/user_default/dreamgrove
mkdir -p "$extension" "$chroot$work/out"
tar -C "$root" --exclude=__pycache__ --exclude=engine/weights -cf - \
    __init__.py params.py land_params.py blender_manifest.toml operators panels procedural engine | tar -C "$extension" -xf -
cp "$here/drive.py" "$here/robot.py" "$here/nodes.py" "$here/grow.py" "$here/world.py" "$chroot$work/"

data=$(mktemp -d)
methods=()
[ -z "${DREAMGROVE_WINDOW_METHODS:-}" ] || methods=(--methods "$(realpath "$DREAMGROVE_WINDOW_METHODS")")
say "starting the engine"
answer=$("$python" "$here/engine.py" start "$data" "${methods[@]}")
url=$(sed -n 's/^URL=//p' <<<"$answer")
token=$(sed -n 's/^TOKEN=//p' <<<"$answer")

say "opening Blender"
code=0
# Software drawing everywhere, so that the pictures are the same on every machine. Xvfb chooses a free display by itself.
chroot "$chroot" env -i PATH=/usr/bin:/bin HOME="$work" LANG=C.UTF-8 LIBGL_ALWAYS_SOFTWARE=1 \
    BLENDER_USER_RESOURCES="$work/resources" DREAMGROVE_URL="$url" DREAMGROVE_TOKEN="$token" \
    DREAMGROVE_STALL_MS="${DREAMGROVE_STALL_MS:-}" sh -c '
        cd "$HOME" || exit 2
        Xvfb -displayfd 3 -screen 0 1600x1000x24 +extension GLX -nolisten tcp 3>display >/dev/null 2>&1 &
        server=$!
        for _ in $(seq 100); do [ -s display ] && break; sleep 0.1; done
        DISPLAY=:$(cat display) timeout '"${LIMIT:-420}"' blender --factory-startup --enable-event-simulate \
            -p 0 0 1600 1000 --python-exit-code 3 --python drive.py -- out
        code=$?
        kill $server
        exit $code' || code=$?
cp "$chroot$work"/out/* "$out"/ 2>/dev/null || true
case $code in
    0) say "passed; pictures are in $out" ;;
    124) say "FAILED: it took too long; pictures are in $out" ;;
    *) say "FAILED (exit code $code); pictures are in $out" ;;
esac
exit $code
