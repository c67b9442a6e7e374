#!/bin/sh
set -e
case "$1" in
remove | purge)
  # Native parts that were compiled again for another Node.
  rm -rf /usr/lib/pathproof
  ;;
esac
if [ "$1" = purge ]; then
  # Through systemd, state is below private/ and these are links to it.
  rm -rf /var/lib/pathproof /var/lib/pathproof-* /var/lib/private/pathproof /var/lib/private/pathproof-*
  for file in /etc/systemd/system/pathproof.service.d/failover.conf \
    /etc/systemd/system/pathproof@*.service.d/failover.conf; do
    # shellcheck disable=SC2016
    if [ -f "$file" ] && head -n 1 "$file" | grep -q '^# Written by `pathproof install-service`'; then
      rm "$file"
      rmdir --ignore-fail-on-non-empty "${file%/*}"
    fi
  done
  # Former settings as `pathproof configure` and `import` keep them, FILE.bak-TIME: a password may be in them.
  rm -f /etc/pathproof/agent.env.bak-[0-9]*T[0-9]*Z*
  [ ! -d /etc/pathproof ] || rmdir --ignore-fail-on-non-empty /etc/pathproof
fi
[ ! -d /run/systemd/system ] || systemctl daemon-reload
