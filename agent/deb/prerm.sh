#!/bin/sh
set -e
[ "$1" = remove ] || exit 0
if [ -d /run/systemd/system ]; then
  systemctl stop pathproof.service 'pathproof@*.service'
  systemctl reset-failed pathproof.service 'pathproof@*.service' 2>/dev/null || true # where one had failed
fi
for link in /etc/systemd/system/multi-user.target.wants/pathproof.service \
  /etc/systemd/system/multi-user.target.wants/pathproof@*.service; do
  [ ! -L "$link" ] || rm "$link"
done
