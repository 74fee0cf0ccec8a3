#!/bin/sh
# Types from the reference, and a script that takes a case from login to logout by them, under `tsc --strict`.
# Asks for node and npm; what it needs of the registry is pinned in scripts/clients/ and kept in .stamps/clients.
set -eu
place=.stamps/clients
mkdir -p "$place"
cp scripts/clients/package.json scripts/clients/package-lock.json scripts/clients/case.ts "$place"
EMBEDDED=1 .venv/bin/python manage.py spectacular --file "$place/openapi.yaml"
cd "$place"
[ -d node_modules ] && cmp -s package-lock.json installed.json || npm ci --no-audit --no-fund --silent
cp package-lock.json installed.json
npx --no-install openapi-typescript openapi.yaml --output legalcity.d.ts >/dev/null
npx --no-install tsc --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --noEmit --types node \
    --target es2022 --module nodenext --moduleResolution nodenext case.ts
echo "clients: the script of a whole case compiles with --strict"
