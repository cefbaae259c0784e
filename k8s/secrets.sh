#!/bin/sh
# Prints the Secrets of mode object-store with new random passwords:  sh k8s/secrets.sh | kubectl create -f -
set -eu

password() { od -An -v -tx1 -N20 /dev/urandom | tr -d ' \n'; }

secret() { # name key value key value
  cat <<YAML
---
apiVersion: v1
kind: Secret
metadata:
  name: $1
  labels:
    app.kubernetes.io/name: $1
    app.kubernetes.io/part-of: flipt-sidecar-lab
stringData:
  $2: $3
  $4: $5
YAML
}

secret minio-root rootUser root rootPassword "$(password)"
secret minio-exporter AWS_ACCESS_KEY_ID exporter AWS_SECRET_ACCESS_KEY "$(password)"
secret minio-sidecar AWS_ACCESS_KEY_ID sidecar AWS_SECRET_ACCESS_KEY "$(password)"
