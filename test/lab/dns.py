"""Answers questions over UDP from a table; stands in for a resolver.

Usage: dns.py ADDRESS PORT TABLE. TABLE is JSON: of a question's name, the names it is answered with (none: no such
data), {"alias": NAME} before them, {"text": TEXT} (TXT) or {"address": IPV4} (A) in place of them, "silence" or
"garbage"; a name that is not in it does not exist. Writes "ready PORT", then "asked NAME" for each question; ends with
its stdin.
"""

import json
import select
import socket
import struct
import sys

A, CNAME, PTR, TXT = 1, 5, 12, 16
NXDOMAIN = 3


def wire(name):
    labels = [label.encode("latin-1") for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def strings(text):
    parts = [text.encode()[at : at + 255] for at in range(0, len(text.encode()), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts)


def question_in(packet):
    labels, at = [], 12
    while packet[at] != 0:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    return ".".join(labels).lower(), packet[12 : at + 5]


def record(owner, kind, data):
    return wire(owner) + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def answer_to(packet, name, question):
    found = table.get(name)
    if found == "garbage":
        return packet[:2] + b"\xff" * 40
    names = [] if found is None else found
    under = lambda key: [one[key] for one in names if isinstance(one, dict) and key in one]
    aliases = under("alias")
    owner = aliases[0] if aliases else name
    records = [record(name, CNAME, wire(alias)) for alias in aliases]
    records += [record(owner, PTR, wire(one)) for one in names if isinstance(one, str)]
    records += [record(owner, TXT, strings(text)) for text in under("text")]
    records += [record(owner, A, socket.inet_aton(one)) for one in under("address")]
    flags = 0x8180 | (NXDOMAIN if found is None else 0)
    return packet[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + question + b"".join(records)


address, port, table = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((address, port))
print("ready", server.getsockname()[1], flush=True)
while True:
    readable, _, _ = select.select([server, sys.stdin], [], [])
    if sys.stdin in readable:
        break
    packet, asker = server.recvfrom(4096)
    name, question = question_in(packet)
    print("asked", name, flush=True)
    if table.get(name) != "silence":
        server.sendto(answer_to(packet, name, question), asker)
