#!/bin/sh
# Nothing is started at the first installation: `systemctl enable --now pathproof` is the owner's to say.
set -e
[ "$1" = configure ] || exit 0
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  [ -z "$2" ] || systemctl try-restart pathproof.service 'pathproof@*.service'
fi
command -v node >/dev/null || echo 'pathproof: Node.js 20.19 or later is needed to run it (https://nodejs.org/en/download)' >&2
# $2 is the version that was configured before: the first time there is none.
[ -n "$2" ] || echo 'pathproof is installed: sudo pathproof configure --directory /etc/pathproof, then sudo systemctl enable --now pathproof'
