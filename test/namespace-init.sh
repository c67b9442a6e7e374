#!/bin/sh
# First process of the tests' namespaces: private /run/netns and /sys, loopback up, then the program given.
# It is a shell, and stays, because pid 1 has to collect the orphans' statuses.
set -e
mkdir -p /run/netns 2>/dev/null || { mount -t tmpfs tmpfs /run && mkdir /run/netns; }
mount -t tmpfs tmpfs /run/netns
mount -t sysfs sysfs /sys 2>/dev/null || true # some containers forbid it; the old one shows the machine's interfaces
ip link set lo up
set +e
"$@"
exit $?
