"""A TCP session of other programs, as ssh's is.

Usage: session.py serve ADDRESS PORT sends back what it is sent, and says `ready` once it listens.
       session.py call FROM ADDRESS PORT sends the lines of its stdin and says what comes back.
"""

import socket
import sys
import threading


def pass_back(connection):
    with connection:
        while data := connection.recv(4096):
            connection.sendall(data)


def serve(address, port):
    server = socket.create_server((address, int(port)))
    print("ready", flush=True)
    while True:
        accepted, _ = server.accept()
        threading.Thread(target=pass_back, args=(accepted,), daemon=True).start()


def call(source, address, port):
    connection = socket.create_connection((address, int(port)), source_address=(source, 0))
    answers = connection.makefile()
    for line in sys.stdin:
        connection.sendall(line.encode())
        print(answers.readline(), end="", flush=True)


{"serve": serve, "call": call}[sys.argv[1]](*sys.argv[2:])
