#!/bin/sh
# Makes the bucket and its two users, each with no more rights than it needs. It may run any number of times.
set -eu
attempts=60
until timeout 30 mc --quiet alias set lab "$MINIO_URL" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >/dev/null; do
  attempts=$((attempts - 1))
  if [ "$attempts" = 0 ]; then
    echo "cannot log in to $MINIO_URL: the lines above say why" >&2
    exit 1
  fi
  sleep 2
done

user() { # policy access-key secret-key
  mc --quiet admin policy create lab "$1" "/setup/$1.json"
  mc --quiet admin user add lab "$2" "$3"
  mc --quiet admin policy attach lab "$1" --user "$2"
}

mc --quiet mb --ignore-existing lab/flipt
user exporter "$EXPORTER_ACCESS_KEY_ID" "$EXPORTER_SECRET_ACCESS_KEY"
user sidecar "$SIDECAR_ACCESS_KEY_ID" "$SIDECAR_SECRET_ACCESS_KEY"
