"""Answers datagrams as their text asks: `echo`, `other-id`, `other-address`, `other-port`, `long`, `twice`, `silent`."""
import socket
import sys
import time

address, port, other = sys.argv[1], int(sys.argv[2]), sys.argv[3]
family = socket.AF_INET6 if ':' in address else socket.AF_INET


def bound(host, number):
    one = socket.socket(family, socket.SOCK_DGRAM)
    one.bind((host, number))
    return one


main, elsewhere, beside = bound(address, port), bound(other, port), bound(address, 0)
print('ready', flush=True)
while True:
    payload, asker = main.recvfrom(65535)
    word = payload[4:].decode('latin1')
    print('asked', asker[0], asker[1], word, flush=True)
    reply = payload[:4] + b' ' + payload[4:]
    if word == 'silent':
        continue
    if word == 'other-id':
        main.sendto(b'\xff\xff\xff\xff', asker)
    elif word == 'other-address':
        elsewhere.sendto(reply, asker)
    elif word == 'other-port':
        beside.sendto(reply, asker)
    elif word == 'then-right':
        elsewhere.sendto(reply, asker)
        main.sendto(b'\xff\xff\xff\xff', asker)
        main.sendto(reply, asker)
    elif word == 'twice':
        main.sendto(reply, asker)
        time.sleep(0.1)
        main.sendto(reply, asker)
    elif word == 'long':
        main.sendto(payload[:4] + bytes(5000), asker)
    else:
        main.sendto(reply, asker)
