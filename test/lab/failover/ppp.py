"""A line without a gateway, as PPP makes one: a TUN device whose far end answers echo requests to any address.

Usage: ppp.py NAME. Says `ready` once the device is there; ends with its stdin. `dead` and `alive` on stdin set
whether it answers.
"""

import fcntl
import os
import select
import struct
import sys

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
ECHO_REQUEST, ECHO_REPLY, ICMP = 8, 0, 1


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def reply_to(packet):
    start = (packet[0] & 15) * 4
    if packet[0] >> 4 != 4 or packet[9] != ICMP or packet[start] != ECHO_REQUEST:
        return None
    header = packet[:12] + packet[16:20] + packet[12:16]
    message = bytes([ECHO_REPLY, 0, 0, 0]) + packet[start + 4 :]
    return header + message[:2] + struct.pack("!H", checksum(message)) + message[4:]


tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", sys.argv[1].encode(), IFF_TUN | IFF_NO_PI))
print("ready", flush=True)
answers = True
while True:
    readable, _, _ = select.select([tun, sys.stdin], [], [])
    if sys.stdin in readable:
        line = sys.stdin.readline()
        if not line:
            break
        answers = line.strip() == "alive"
    if tun in readable:
        reply = reply_to(os.read(tun, 65535))
        if reply is not None and answers:
            os.write(tun, reply)
