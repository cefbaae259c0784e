#!/bin/sh
# Puts the first flags on the master and tries again until the master is there. Flags and segments that exist stay as
# they are, so it may run any number of times.
set -eu
attempts=60
until timeout 30 /flipt import --skip-existing --address "$FLIPT_URL" ${FLIPT_TOKEN:+--token "$FLIPT_TOKEN"} "$1"; do
  attempts=$((attempts - 1))
  if [ "$attempts" = 0 ]; then
    echo "cannot seed $FLIPT_URL with $1: the lines above say why" >&2
    exit 1
  fi
  sleep 2
done
echo "seeded $FLIPT_URL with $1"
