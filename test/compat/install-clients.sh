#!/bin/sh
# Installs the Python clients that the compat tests drive, into node_modules/.cache.
set -eu
cd "$(dirname "$0")/../.."
folder=node_modules/.cache/compat-python
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement test/compat/requirements.txt
