#!/usr/bin/env bash
# What the portal needs from the operating system: Python 3.11 or newer with venv, and the libraries of WeasyPrint.
# On Debian and Ubuntu it is installed when we may; otherwise one line says what to install.
set -euo pipefail
PYTHON="${PYTHON:-python3}"

fail() { printf '%s\n' "$1" >&2; exit 1; }

missing=()
if ! command -v "$PYTHON" >/dev/null 2>&1; then
  missing+=(python3 python3-venv)
elif ! "$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  missing+=(python3-venv)
fi

libraries="$( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null || true)"
has_library() {
  case "$(uname -s)" in
    Darwin) for folder in /opt/homebrew/lib /usr/local/lib; do [ -e "$folder/$2" ] && return 0; done; return 1 ;;
    # Not by a pipe into grep -q: it closes the pipe early, and pipefail then takes a hit for a miss.
    *) grep -q "$1" <<<"$libraries" ;;
  esac
}

if [ "$(uname -s)" = Darwin ]; then
  has_library "" libpango-1.0.dylib || fail "Please install Pango first: brew install pango"
  [ ${#missing[@]} -eq 0 ] || fail "Please install Python 3.11 or newer first: brew install python@3.12"
else
  has_library libpango-1.0.so.0 "" || missing+=(libpango-1.0-0)
  has_library libpangoft2-1.0.so.0 "" || missing+=(libpangoft2-1.0-0)
  has_library libharfbuzz-subset.so.0 "" || missing+=(libharfbuzz-subset0)
  if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    command -v apt-get >/dev/null 2>&1 || fail "Please install first: Python 3.11 or newer with venv, Pango 1.44 or newer and HarfBuzz (missing: ${missing[*]})"
    if [ "$(id -u)" -ne 0 ] && ! sudo -n true >/dev/null 2>&1; then
      fail "Please install first: sudo apt-get install ${missing[*]}"
    fi
    echo "Installing ${missing[*]} ..."
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
fi

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "The portal needs Python 3.11 or newer; $("$PYTHON" --version) is too old. Name another one: make demo PYTHON=python3.12"
