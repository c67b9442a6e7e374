"""A STUN server for the tests (RFC 8489, binding requests only), whose port says how it answers.

Its configuration: {"addresses": […], "modes": {PORT: MODE}}.
"""

import ipaddress
import socket
import struct

from serving import bound, configuration, later, log, obey, start

COOKIE = b"\x21\x12\xa4\x42"
SUCCESS, ERROR, INDICATION = 0x0101, 0x0111, 0x0011
MAPPED_ADDRESS, ERROR_CODE, UNKNOWN_ATTRIBUTES, XOR_MAPPED_ADDRESS, SOFTWARE = 0x0001, 0x0009, 0x000A, 0x0020, 0x8022
SLOW_S = 0.7
sockets = {}


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def mapped(address, port, pad=b""):
    """XOR-MAPPED-ADDRESS where there is a pad, else MAPPED-ADDRESS."""
    packed = ipaddress.ip_address(address).packed
    plain = struct.pack("!H", port) + packed
    xored = plain[:2], plain[2:]
    if pad:
        xored = (bytes(a ^ b for a, b in zip(part, pad)) for part in xored)
    value = bytes([0, 1 if len(packed) == 4 else 2]) + b"".join(xored)
    return attribute(XOR_MAPPED_ADDRESS if pad else MAPPED_ADDRESS, value)


def message(kind, transaction, attributes=b"", length=None):
    return struct.pack("!HH", kind, len(attributes) if length is None else length) + COOKIE + transaction + attributes


def error(transaction, code, reason):
    value = struct.pack("!HBB", 0, code // 100, code % 100) + reason
    unknown = attribute(UNKNOWN_ATTRIBUTES, b"\x80\x22") if code == 420 else b""
    return message(ERROR, transaction, attribute(ERROR_CODE, value) + unknown)


def answers(mode, request, asker):
    transaction = request[8:20]
    address, port = asker[:2]
    pad = COOKIE + transaction
    true = mapped(address, port, pad)
    good = message(SUCCESS, transaction, true)
    software = attribute(SOFTWARE, b"lab stun 1.0")
    fresh = message(ERROR, transaction, attribute(ERROR_CODE, struct.pack("!HBB", 0, 3, 0) + b"Try Alternate"))
    other = "192.0.2.99" if ":" in address else "2001:db8::99"
    return {
        "old": [message(SUCCESS, transaction, mapped(address, port))],
        "both": [message(SUCCESS, transaction, mapped("192.0.2.55", 1) + true)],
        "error-300": [fresh],
        "error-420": [error(transaction, 420, b"Unknown Attribute")],
        "error-500": [error(transaction, 500, b"Server Error")],
        "garbage": [b"\xff" * 40],
        "empty": [b""],
        "short": [good[:10]],
        "cut": [good[:-3]],
        "cut-attribute": [message(SUCCESS, transaction, true[:-4])],
        "long-attribute": [message(SUCCESS, transaction, struct.pack("!HH", XOR_MAPPED_ADDRESS, 400) + true[4:])],
        "other-id": [good[:8] + bytes(byte ^ 0xFF for byte in good[8:])],
        "other-id-first": [good[:8] + bytes(byte ^ 0xFF for byte in good[8:]), good],
        "other-cookie": [good[:4] + b"\0\0\0\0" + good[8:]],
        "request-back": [request],
        "indication": [message(INDICATION, transaction, true)],
        "no-address": [message(SUCCESS, transaction, software)],
        "other-family": [message(SUCCESS, transaction, mapped(other, port, pad))],
        "lie": [message(SUCCESS, transaction, mapped("fd00::1" if ":" in address else "10.0.0.1", port, pad))],
        "software-first": [message(SUCCESS, transaction, software + true)],
        "large": [message(SUCCESS, transaction, software * 100 + true)],
        "silent": [],
        "twice": [good, good],
    }.get(mode, [good])


def sender_for(mode, at, port, server):
    if mode == "other-port":
        return bound(at, 0, socket.SOCK_DGRAM)
    if mode == "other-address":
        return next(
            other
            for (address, one), other in sockets.items()
            if one == port and address != at and (":" in address) == (":" in at)
        )
    return server


def serve(mode, at, port, server):
    while True:
        request, asker = server.recvfrom(2048)
        log(mode=mode, address=asker[0], port=asker[1], to=at, bytes=len(request), hex=request.hex())
        sender = sender_for(mode, at, port, server)
        for answer in answers(mode, request, asker):
            later(SLOW_S, sender.sendto, answer, asker) if mode == "slow" else sender.sendto(answer, asker)


modes = {int(port): mode for port, mode in configuration["modes"].items()}
for address in configuration["addresses"]:
    for port in modes:
        sockets[address, port] = bound(address, port, socket.SOCK_DGRAM)
for (address, port), server in sockets.items():
    start(serve, modes[port], address, port, server)
obey()
