#!/bin/sh
# seed.sh FLIPT FILE: puts the first flags on the master $FLIPT_URL, and tries again until that is there. Flags and
# segments that exist stay as they are, so it may run any number of times.
set -eu
flipt=$1 file=$2 attempts=${SEED_ATTEMPTS:-60}
until timeout 30 "$flipt" import --skip-existing --address "$FLIPT_URL" ${FLIPT_TOKEN:+--token "$FLIPT_TOKEN"} "$file"; do
  attempts=$((attempts - 1))
  if [ "$attempts" = 0 ]; then
    echo "cannot seed $FLIPT_URL with $file: the lines above say why" >&2
    exit 1
  fi
  sleep 2
done
echo "seeded $FLIPT_URL with $file"
