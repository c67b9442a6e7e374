"""Records the IP packets of one interface with the kernel's time stamps, outgoing ones too; needs no tcpdump.

Usage: capture.py INTERFACE. Prints "ready", then a line "<time in ns> <0 or 1: outgoing> <hex from the IP header>"
for each packet. "flush" on stdin is answered by "flushed" once all packets so far are printed; the end of stdin by
"dropped <count>" as the last line.
"""

import os
import select
import socket
import struct
import sys

ETH_P_ALL = 0x0003
PROTOCOLS = (0x0800, 0x86DD)
SOL_PACKET = 263
PACKET_STATISTICS = 6
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
RECEIVE_BYTES = 64 << 20


def open_tap(interface):
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    try:
        tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES)
    except PermissionError:  # rootless: as much as net.core.rmem_max allows
        tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    tap.setblocking(False)
    tap.bind((interface, ETH_P_ALL))  # only ETH_P_ALL is shown what goes out
    return tap


def drain(tap):
    lines = []
    while True:
        try:
            packet, ancillary, _, address = tap.recvmsg(65536, 64)
        except BlockingIOError:
            break
        except OSError:  # interface down or gone, told once
            continue
        if address[1] in PROTOCOLS:
            seconds, nanoseconds = struct.unpack("ll", ancillary[0][2])
            outgoing = int(address[2] == socket.PACKET_OUTGOING)
            lines.append(f"{seconds * 10**9 + nanoseconds} {outgoing} {packet.hex()}")
    return lines


def show(lines):
    if lines:
        print("\n".join(lines), flush=True)


def main():
    tap = open_tap(sys.argv[1])
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([0, tap], [], [])
        asked = os.read(0, 4096) if 0 in readable else None
        lines = drain(tap)
        if asked == b"":
            _, dropped = struct.unpack("II", tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
            show([*lines, f"dropped {dropped}"])
            return
        show(lines + ["flushed"] * (asked or b"").count(b"\n"))


main()
