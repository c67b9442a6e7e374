"""Passes frames between two interfaces as a line with delay, loss and duplicates would; stands in for netem.

Usage: relay.py FIRST SECOND. Reads JSON lines on stdin, answers each with one JSON line; ends with its stdin.
"""

import gc
import heapq
import json
import os
import random
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 0x0003
ETHERTYPE_IP = (b"\x08\x00", b"\x86\xdd")
SOL_PACKET = 263
PACKET_STATISTICS = 6
PACKET_IGNORE_OUTGOING = 23
SO_RCVBUFFORCE = 33
RECEIVE_BYTES = 64 << 20
FRAMES_PER_TURN = 64

line = {"delayMs": 0.0, "lossPercent": 0.0, "duplicatePercent": 0.0, "cut": False}
counts = {"forwarded": 0, "dropped": 0, "duplicated": 0, "overrun": 0}
names = sys.argv[1:3]
ends = []
peers = {}
waiting = []
order = 0


def open_end(name):
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    try:
        end.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES)
    except PermissionError:  # rootless: as much as net.core.rmem_max allows
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    end.setblocking(False)
    end.bind((name, ETH_P_ALL))
    return end


def open_ends():
    for end in ends:
        end.close()
    ends[:] = [open_end(name) for name in names]
    peers.clear()
    peers.update({ends[0]: ends[1], ends[1]: ends[0]})
    waiting.clear()


def count_overruns():
    for end in ends:
        _, drops = struct.unpack("II", end.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        counts["overrun"] += drops


def chance(percent):
    return percent > 0 and random.random() * 100 < percent


def take(end):
    """Reads what lies at one end; what is to go on waits until it is due."""
    global order
    for _ in range(FRAMES_PER_TURN):
        try:
            frame = end.recv(65536)
        except BlockingIOError:
            return
        except OSError:  # interface down or gone: the socket is told once, and works again when it is up
            return
        due_ns = time.monotonic_ns() + int(line["delayMs"] * 1e6)
        # ARP is spared: a next hop nobody can resolve is another fault than a line that loses packets.
        carries_ip = frame[12:14] in ETHERTYPE_IP
        if line["cut"] or (carries_ip and chance(line["lossPercent"])):
            counts["dropped"] += 1
            continue
        copies = 1
        if carries_ip and chance(line["duplicatePercent"]):
            counts["duplicated"] += 1
            copies = 2
        for _ in range(copies):
            order += 1
            heapq.heappush(waiting, (due_ns, order, peers[end], frame))


def deliver_due():
    now_ns = time.monotonic_ns()
    while waiting and waiting[0][0] <= now_ns:
        _, _, end, frame = heapq.heappop(waiting)
        try:
            end.send(frame)
            counts["forwarded"] += 1
        except OSError:  # the far end is down: the frame is lost, as on a real line
            counts["dropped"] += 1


def answer(command):
    if command.pop("reopen", False):
        open_ends()
    if command.get("cut"):  # what is under way when a line is cut never arrives
        counts["dropped"] += len(waiting)
        waiting.clear()
    line.update(command)
    count_overruns()
    print(json.dumps({"line": line, "counts": counts}), flush=True)


def main():
    gc.disable()
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -15)  # on a busy machine the line must not get slower
    except PermissionError:
        pass
    try:
        with open("/proc/self/timerslack_ns", "w") as slack:  # the default adds 50 us to each wait
            slack.write("1")
    except OSError:
        pass
    open_ends()
    commands = sys.stdin.fileno()
    unread = b""
    print(json.dumps({"line": line, "counts": counts}), flush=True)
    while True:
        wait_s = max(0.0, (waiting[0][0] - time.monotonic_ns()) / 1e9) if waiting else None
        readable, _, _ = select.select([commands, *ends], [], [], wait_s)
        for source in readable:
            if source is not commands and source in peers:
                take(source)
        deliver_due()
        if commands in readable:
            chunk = os.read(commands, 65536)
            if not chunk:
                return
            *complete, unread = (unread + chunk).split(b"\n")
            for text in complete:
                answer(json.loads(text))


main()
