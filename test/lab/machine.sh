#!/bin/sh
# A machine of its own on this one's files: systemd as its first process, over an overlay that forgets all changes, in the
# network namespace that it is started in. Prints the first process's pid; goes with the pipe of its input.
set -e
folder=$1
if [ "$2" != inside ]; then
  mount --make-rprivate /
  mkdir -p "$folder/cgroup"
  mount -t cgroup2 cgroup2 "$folder/cgroup"
  # Named as the folder: runs side by side count their processes apart.
  group="$folder/cgroup/$(basename "$folder")"
  mkdir "$group"
  (
    # What is in here when the namespace is made is its root.
    sh -c 'echo $PPID' >"$group/cgroup.procs"
    exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child sh "$0" "$folder" inside
  ) &
  unshared=$!
  cat >/dev/null
  kill -KILL "$unshared"
  wait "$unshared" || true
  # The kernel empties them a moment later.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && exit 0
    sleep 0.1
  done
  exit 0
fi

# Of the /proc that was there before, whose numbers the tests know.
read -r pid _ </proc/self/stat
mkdir "$folder/over"
mount -t tmpfs tmpfs "$folder/over"
mkdir "$folder/over/upper" "$folder/over/work" "$folder/over/root"
root="$folder/over/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/over/upper,workdir=$folder/over/work" "$root"
mount -t proc proc "$root/proc"
# The kernel's settings are this machine's, but for a namespace's own: nothing writes there.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for place in run tmp var/tmp dev; do mount -t tmpfs -o mode=755 tmpfs "$root/$place"; done
chmod 1777 "$root/tmp" "$root/var/tmp"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts" "$root/run/lock"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
# Nothing of this machine's own is started: a journal, and what a test asks for.
rm -rf "$root"/usr/lib/systemd/system/*.wants "$root"/etc/systemd/system/*.wants "$root"/usr/lib/systemd/system-generators
mkdir "$root/usr/lib/systemd/system/sysinit.target.wants" "$root/usr/lib/systemd/system/sockets.target.wants"
ln -s ../systemd-journald.service "$root/usr/lib/systemd/system/sysinit.target.wants/"
ln -s ../systemd-journald.socket ../systemd-journald-dev-log.socket "$root/usr/lib/systemd/system/sockets.target.wants/"
: >"$root/etc/fstab"
mkdir -p "$root/var/lib/private"
# What an agent on this machine left is none of this one's; and an overlay can't move folders that lie below it.
rm -rf "$root"/var/lib/pathproof* "$root"/var/lib/private/pathproof* "$root/etc/pathproof"
echo "pid $pid"
exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  chroot "$root" /lib/systemd/systemd --system --unit=basic.target --log-target=journal --show-status=no >/dev/null 2>&1 </dev/null
