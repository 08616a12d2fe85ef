# Sourced by ./demo and ./test: make_environment VENV run|test
# Makes VENV with exactly the packages of the constraints file, checked by hash, and the project in it.
# Needs Python 3.11 or newer and pip; ensurepip is not needed.

make_environment() {
    venv=$1 kind=$2
    pins=$here/constraints.txt
    [ "$kind" = run ] || pins=$here/constraints-test.txt
    stamp=$venv/.made-from-$kind
    wanted=$(cat "$pins" "$here/pyproject.toml" | cksum)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
    python=$(command -v python3.11 || command -v python3) || {
        echo "Python 3.11 or newer is needed." >&2
        exit 2
    }
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Python 3.11 or newer is needed; this is $("$python" --version)." >&2
        exit 2
    }
    echo "Making $venv (once) …" >&2
    [ -x "$venv/bin/python" ] || "$python" -m venv --without-pip "$venv"
    # pip of the system installs into the new environment: `python3 -m venv` may lack ensurepip.
    set_pip="$python -m pip --python $venv/bin/python install --quiet --disable-pip-version-check --no-warn-script-location"
    $set_pip --require-hashes --requirement "$pins"
    $set_pip --no-deps --no-build-isolation --editable "$here"
    printf '%s' "$wanted" >"$stamp"
}
