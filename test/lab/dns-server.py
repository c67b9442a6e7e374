"""A name server for the tests, over UDP and TCP, whose zones hold records, or by what name it misbehaves.

Its configuration: {"addresses": […], "port": 53, "tcp": true, "zones": {NAME: RECORDS or MISBEHAVIOUR}}. RECORDS are
[{"type", "data", "ttl"}] with data as in a zone file. A command is a set of zones that replaces those of the same names.
Encoded by hand: a test of an encoder's own bytes would find none of its faults.
"""

import socket
import struct
import time

from serving import accept_all, bound, configuration, later, log, obey, start

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33}
RCODES = {"formerr": 1, "servfail": 2, "nxdomain": 3, "notimp": 4, "refused": 5}
RESPONSE, TRUNCATED = 0x8180, 0x0200
SLOW_S = 0.7
# What a name has that misbehaves in another way than by its records.
USUAL = [{"type": "A", "data": "192.0.2.80"}, {"type": "AAAA", "data": "2001:db8::80"}]

zones = configuration["zones"]
port = configuration["port"]
sockets = {}


def wire(name):
    labels = [label.encode("latin-1") for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def data_of(kind, text):
    if kind in ("A", "AAAA"):
        return socket.inet_pton(socket.AF_INET if kind == "A" else socket.AF_INET6, text)
    if kind == "TXT":
        return b"".join(bytes([len(text[at : at + 255])]) + text[at : at + 255].encode() for at in range(0, len(text), 255))
    words = text.split()
    numbers = [int(word) for word in words if word.isdigit()]
    names = b"".join(wire(word) for word in words if not word.isdigit())
    if kind == "SOA":
        return names + struct.pack("!5I", *numbers)
    return struct.pack(f"!{len(numbers)}H", *numbers) + names


def record(owner, kind, text, ttl=60):
    data = data_of(kind, text)
    return wire(owner) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data)) + data


def question_in(packet):
    labels, at = [], 12
    while packet[at] != 0:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    number = struct.unpack("!H", packet[at + 1 : at + 3])[0]
    kind = next((name for name, value in TYPES.items() if value == number), str(number))
    return ".".join(labels).lower(), kind, packet[12 : at + 5]


def records_for(name, kind):
    """The answer's records, aliases first; None where the name does not exist."""
    records = []
    for _ in range(16):
        found = zones.get(name)
        found = USUAL if isinstance(found, str) else found
        if found is None:
            return records or None
        records += [record(name, one["type"], one["data"], one.get("ttl", 60)) for one in found if one["type"] == kind]
        alias = next((one for one in found if one["type"] == "CNAME"), None)
        if kind == "CNAME" or alias is None:
            break
        records.append(record(name, "CNAME", alias["data"], alias.get("ttl", 60)))
        name = alias["data"]
    return records


def message(query, question, records, flags=0):
    return query[:2] + struct.pack("!HHHHH", RESPONSE | flags, 1, len(records), 0, 0) + question + b"".join(records)


def other_id(packet):
    return bytes([packet[0] ^ 0x55, packet[1] ^ 0xAA]) + packet[2:]


def misbehave(how, query, question, good):
    """The messages of one misbehaviour."""
    elsewhere = wire("elsewhere.test") + question[-4:]
    if how in RCODES:
        return [message(query, question, [], RCODES[how])]
    return {
        "silent": [],
        "garbage": [query[:2] + b"\xff" * 40],
        "empty": [b""],
        "short": [good[:7]],
        "cut": [good[: len(good) - 9]],
        "pointer-loop": [query[:2] + struct.pack("!HHHHH", RESPONSE, 1, 1, 0, 0) + b"\xc0\x0c" + question[-4:]],
        "query-back": [query],
        "other-id": [other_id(good)],
        "other-id-first": [other_id(good), good],
        "wrong-question": [message(query, elsewhere, [record("elsewhere.test", "A", "192.0.2.66")])],
        "no-question": [query[:2] + struct.pack("!HHHHH", RESPONSE, 0, 0, 0, 0)],
        "tc": [message(query, question, [], TRUNCATED)],
        "huge": [message(query, question, [record("huge.test", "A", f"192.0.2.{at % 250}") for at in range(300)])],
        "twice": [good, good],
    }.get(how, [good])


def answers_to(query, transport, asker, at):
    name, kind, question = question_in(query)
    log(name=name, type=kind, transport=transport, address=asker[0], port=asker[1], to=at, id=query[:2].hex())
    how = zones.get(name)
    how = how if isinstance(how, str) else ""
    if how == "tc" or how.startswith("tcp-"):
        how = "tc" if transport == "udp" else how[4:]
    records = records_for(name, kind)
    good = message(query, question, records or [], RCODES["nxdomain"] if records is None else 0)
    return how, misbehave(how, query, question, good)


def sender_for(how, at, server):
    if how == "other-port":
        return bound(at, 0, socket.SOCK_DGRAM)
    if how == "other-address":
        return next(other for address, other in sockets.items() if address != at and (":" in address) == (":" in at))
    return server


def serve_udp(at, server):
    while True:
        query, asker = server.recvfrom(4096)
        how, answers = answers_to(query, "udp", asker, at)
        sender = sender_for(how, at, server)
        for answer in answers:
            later(SLOW_S, sender.sendto, answer, asker) if how == "slow" else sender.sendto(answer, asker)


def serve_tcp(client, asker):
    query = client.recv(4096)
    while len(query) < 2 + int.from_bytes(query[:2], "big"):
        more = client.recv(4096)
        if not more:
            return
        query += more
    how, answers = answers_to(query[2:], "tcp", asker, client.getsockname()[0])
    for answer in answers:
        framed = struct.pack("!H", len(answer) + (9 if how == "cut" else 0)) + answer
        for part in [framed[at : at + 1] for at in range(len(framed))] if how == "slow" else [framed]:
            client.sendall(part)
            time.sleep(0.1 if how == "slow" else 0)
    if how == "silent":
        client.recv(1)


for address in configuration["addresses"]:
    sockets[address] = bound(address, port, socket.SOCK_DGRAM)
    if configuration["tcp"]:
        start(accept_all, bound(address, port, socket.SOCK_STREAM), serve_tcp)
for address, server in sockets.items():
    start(serve_udp, address, server)
obey(zones.update)
