"""What the lab's scripted servers share: their log and their commands, a JSON line each.

A server says {"ready": true}, then {"entry": …} for each thing it was asked; each line on its stdin is a command, answered
with {"done": true}. It ends with its stdin. A server's one argument is its configuration, as JSON.
"""

import json
import os
import socket
import sys
import threading

configuration = json.loads(sys.argv[1])
lock = threading.Lock()


def say(what):
    with lock:
        print(json.dumps(what), flush=True)


def log(**entry):
    say({"entry": entry})


def start(work, *arguments):
    threading.Thread(target=work, args=arguments, daemon=True).start()


def later(delay_s, work, *arguments):
    timer = threading.Timer(delay_s, work, arguments)
    timer.daemon = True
    timer.start()


def bound(address, port, kind):
    server = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if ":" in address:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind((address, port))
    if kind == socket.SOCK_STREAM:
        server.listen(64)
    return server


def accept_all(server, serve):
    def one(client, asker):
        with client:
            try:
                serve(client, asker)
            except OSError:  # the client went away, which is its right
                pass

    while True:
        start(one, *server.accept())


def obey(command=lambda change: None):
    say({"ready": True})
    for line in sys.stdin:
        command(json.loads(line))
        say({"done": True})
    os._exit(0)
