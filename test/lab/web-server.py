"""A web server for the tests, plain and with TLS, whose paths say how it answers and whose names, by SNI, which certificate
it shows.

Its configuration: {"addresses": […], "plain": [PORT, …], "secure": [PORT, …], "noise": PORT, "hangUp": PORT,
"mute": PORT, "certificates": {NAME: {"certFile", "keyFile"}}}; the first certificate is shown where no name is given.
"""

import ipaddress
import json
import socket
import ssl
import time
from urllib.parse import parse_qs, unquote, urlsplit

from serving import accept_all, bound, configuration, log, obey, start

TEXT = b"It works: this is the page of the lab.\n"
PAUSE_S = 0.1
# A path that is answered whatever is asked for.
always = {"path": None}


def head(status, headers=(), length=0):
    lines = [f"HTTP/1.1 {status} Lab", "Connection: close", *headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def body(text, status=200, headers=()):
    return [head(status, headers, len(text)) + text]


def byte_by_byte(text):
    for at in range(len(text)):
        yield text[at : at + 1]
        time.sleep(PAUSE_S)


def endless(first, part):
    yield first
    while True:
        yield part


def chunks(target, asker):
    """What goes out for a request: bytes, bit by bit where that is its way."""
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    first, _, rest = url.path.strip("/").partition("/")
    large = int(query.get("bytes", 1 << 30))
    other_family = "192.0.2.99" if ":" in asker else "2001:db8::99"
    answers = {
        "ok": lambda: body(b"ok\n"),
        "body": lambda: body(TEXT),
        "status": lambda: body(b"", int(rest)),
        "redirect": lambda: body(b"", 302, [f"Location: {unquote(query['to'])}"]),
        "portal": lambda: body(b"Please log in.\n", 302, ["Location: http://portal.test/login"]),
        "slow": lambda: byte_by_byte(head(200, (), 500) + b"." * 500),
        "slow-body": slow_body,
        "endless": lambda: endless(head(200, (), None), b"." * 65536),
        "endless-head": lambda: endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"." * 4000 + b"\r\n"),
        "large": lambda: endless(head(200, (), large), b"." * 65536),
        "cut": lambda: [head(200, (), 5000) + TEXT],
        "cut-head": lambda: [head(200)[:20]],
        "chunked-cut": lambda: [head(200, ["Transfer-Encoding: chunked"], None) + b"40\r\nhalf of it"],
        "garbage": lambda: [b"\xff\xfe\x00" * 50],
        "binary": lambda: body(bytes(range(256)) * 4),
        "close": lambda: [],
        "ip": lambda: body(asker.encode() + b"\n"),
        "ip.json": lambda: body(f'{{"ip":"{asker}"}}'.encode()),
        "ip-lie": lambda: body(b"10.0.0.1\n"),
        "ip6-lie": lambda: body(other_family.encode() + b"\n"),
        "not-an-ip": lambda: body(b"<html>your address is none of your business</html>\n"),
        "ip-endless": lambda: endless(head(200, (), None) + asker.encode(), b" " * 65536),
    }
    return answers.get(first, lambda: network_of(url.path.rpartition("/")[2]))()


def network_of(address):
    """What IPinfo's Lite answers, of any address."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return body(b"no such page\n", 404)
    network = {"ip": address, "asn": "AS64510", "as_name": "Example Hosting", "as_domain": "hosting.example"}
    network |= {"country_code": "NL", "country": "Netherlands", "continent_code": "EU", "continent": "Europe"}
    return body(json.dumps(network).encode(), 200, ["Content-Type: application/json"])


def slow_body():
    yield head(200, (), 500)
    yield from byte_by_byte(b"." * 500)


def respond(stream, asker, name):
    request = b""
    while b"\r\n\r\n" not in request:
        part = stream.recv(4096)
        if not part or len(request) > 65536:
            return
        request += part
        if request.startswith(b"\x16"):  # TLS, to a port that has none
            return stream.sendall(head(400))
    lines = request.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:])}
    log(method=method, path=target, address=asker[0], port=asker[1], sni=name, headers=headers)
    for part in chunks(always.get("path") or target, asker[0]):
        stream.sendall(part.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else part)
        if method == "HEAD":
            return


def serve_plain(client, asker):
    respond(client, asker, None)
    finish(client)


def finish(stream):
    """An orderly end: what the client still says is read, or the kernel resets what is under way."""
    stream.settimeout(2)
    stream.shutdown(socket.SHUT_WR)
    while stream.recv(4096):
        pass


def serve_secure(client, asker):
    asked = []

    def choose(session, name, _):
        asked.append(name)
        session.context = contexts.get(name, usual)

    context = context_of(first_files)
    context.sni_callback = choose
    try:
        with context.wrap_socket(client, server_side=True) as stream:
            respond(stream, asker, asked[0] if asked else None)
            stream.unwrap()
    except ssl.SSLError:  # a client that trusts us not, as it is to
        log(method="TLS", path="", address=asker[0], port=asker[1], sni=asked[0] if asked else None, headers={})


def context_of(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["certFile"], files["keyFile"])
    return context


def noise(client, asker):
    client.recv(4096)
    client.sendall(b"\xff\xfe\x00" * 50)
    finish(client)


def hang_up(client, asker):
    client.recv(4096)


def mute(client, asker):
    while client.recv(4096):
        pass


contexts = {name: context_of(files) for name, files in configuration["certificates"].items()}
first_files = next(iter(configuration["certificates"].values()), None)
usual = next(iter(contexts.values()), None)
services = [
    *((port, serve_plain) for port in configuration["plain"]),
    *((port, serve_secure) for port in configuration["secure"] if usual),
    (configuration["noise"], noise),
    (configuration["hangUp"], hang_up),
    (configuration["mute"], mute),
]
for address in configuration["addresses"]:
    for port, service in services:
        start(accept_all, bound(address, port, socket.SOCK_STREAM), service)
obey(always.update)
