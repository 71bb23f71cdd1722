#!/bin/sh
# See that the programs which the tests need, and pip cannot bring, are on this machine: PostgreSQL with PostGIS,
# a Chromium, and a font with Chinese glyphs. Debian and Ubuntu packages are installed when this may be done without
# asking for a password; otherwise it says exactly what to install and fails. When nothing is missing it does nothing.
set -eu
export LC_ALL=C

has_postgis() {
    for control in /usr/share/postgresql/*/extension/postgis.control; do
        version=${control#/usr/share/postgresql/}
        version=${version%%/*}
        [ -f "$control" ] && [ -x "/usr/lib/postgresql/$version/bin/initdb" ] && return 0
    done
    # Outside Debian's folders pg_config tells where the server's programs and extensions are.
    command -v pg_config >/dev/null 2>&1 &&
        [ -f "$(pg_config --sharedir)/extension/postgis.control" ] && [ -x "$(pg_config --bindir)/initdb" ]
}

has_chromium() {
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
        command -v google-chrome >/dev/null 2>&1
}

has_chinese_font() {
    command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family)" ]
}

# PostGIS is packaged for one version of PostgreSQL in each release (15 in Debian 12); take the newest that is offered.
postgis_package() {
    apt-cache pkgnames postgresql- 2>/dev/null | grep -E '^postgresql-[0-9]+-postgis-3$' | sort -V | tail -n 1
}

missing() {
    # A database that is given (RONGTU_TEST_STORE) makes a server of our own unnecessary.
    [ -n "${RONGTU_TEST_STORE:-}" ] || has_postgis || echo "postgresql $(postgis_package | grep . || echo postgresql-15-postgis-3)"
    has_chromium || echo chromium
    command -v fc-list >/dev/null 2>&1 || echo fontconfig
    has_chinese_font || echo fonts-noto-cjk
}

wanted=$(missing | tr '\n' ' ')
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    as_root=""
fi

if [ -z "$as_root" ] || ! command -v apt-get >/dev/null 2>&1; then
    {
        echo "测试还缺系统软件，请先安装，再运行 make test："
        echo "The tests need system packages that are missing. Install them, then run make test again:"
        echo "    sudo apt-get install --no-install-recommends $wanted"
    } >&2
    exit 1
fi

# shellcheck disable=SC2086  # both are lists of words
install() {
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted
}

echo "正在安装测试所需的系统软件 Installing: $wanted"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Package lists may be absent or too old to be served any more: fetch them only when the first try fails.
if ! install >"$log" 2>&1; then
    $as_root apt-get update -qq >"$log" 2>&1 || true # one broken source must not stop the others; the install below decides
    wanted=$(missing | tr '\n' ' ')
    install >>"$log" 2>&1 || { cat "$log" >&2; echo "无法安装 could not install: $wanted" >&2; exit 1; }
fi

left=$(missing | tr '\n' ' ')
[ -z "$left" ] || { cat "$log" >&2; echo "安装后仍缺 still missing after installing: $left" >&2; exit 1; }
