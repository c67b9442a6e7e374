#!/bin/sh
# The `pathproof` command as the Debian package has it.
node=$(command -v node) || {
  echo 'pathproof: Node.js 20.19 or later is needed, and there is no node on the PATH (https://nodejs.org/en/download)' >&2
  exit 2
}
exec "$node" /usr/lib/pathproof/agent/pathproof.mjs "$@"
