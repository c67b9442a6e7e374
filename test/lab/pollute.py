# Turns IP_RECVERR on in another process's raw ICMP sockets, as a careless library would: any ICMP error is then a poll
# error. usage: pollute.py PID
import ctypes, os, socket, sys

pid = int(sys.argv[1])
pidfd = os.pidfd_open(pid)
libc = ctypes.CDLL(None, use_errno=True)
PIDFD_GETFD = 438
IP_RECVERR = 11
polluted = 0
for name in os.listdir(f"/proc/{pid}/fd"):
    copy = libc.syscall(PIDFD_GETFD, pidfd, int(name), 0)
    if copy < 0:
        continue
    try:
        with socket.socket(fileno=copy) as sock:
            if sock.type == socket.SOCK_RAW and sock.proto == socket.IPPROTO_ICMP:
                sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
                polluted += 1
    except OSError:
        pass
print(polluted)
