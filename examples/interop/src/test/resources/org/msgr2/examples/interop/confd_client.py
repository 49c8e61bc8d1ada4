"""Ganeti's own confd client, which asks what it is told on standard input, one line of JSON at a time.

usage: confd_client.py KEYFILE PORT

It says who it is. Every further line, {"type": N, "query": anything or left out, "timeout": seconds}, is a request to
127.0.0.1, and is answered by one line: how it went, and the reply if there was one.

The client refuses requests of type 8, which it leaves out of its set of valid ones, though it has a name for them. For
what it refuses the datagram is made and read with the client's own functions, and only sent by this program.
"""

import json
import socket
import sys

from ganeti import constants
from ganeti import errors
from ganeti.confd import client

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 5


def say(**answer):
    print(json.dumps(answer), flush=True)


def make_request(kind, query):
    try:
        return client.ConfdClientRequest(type=kind, query=query), None
    except errors.ConfdClientError as error:
        request = client.ConfdClientRequest(type=constants.CONFD_REQ_PING, query=query)
        request.type = kind
        return request, str(error)


def ask(confd, store, request, timeout):
    confd.SendRequest(request, async_=False)
    timed_out, sent, received = confd.WaitForReply(request.rsalt, timeout=timeout)
    found, upcall = store.GetResponse(request.rsalt)
    reply = upcall.server_reply if found and upcall.type == client.UPCALL_REPLY else None
    return timed_out, sent, received, reply


def ask_without_client(confd, port, request, timeout):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout)
        # pylint: disable=W0212
        udp.sendto(confd._PackRequest(request), (HOST, port))
        try:
            reply, salt = confd._UnpackReply(udp.recv(65536))
        except socket.timeout:
            return True, 1, 0, None
    if salt != request.rsalt:
        raise ValueError("a reply to another request")
    return False, 1, 1, reply


def main():
    key_file, port = sys.argv[1], int(sys.argv[2])
    with open(key_file, encoding="ascii") as key:
        store = client.StoreResultCallback()
        confd = client.ConfdClient(key.read(), [HOST], store, port=port)
    say(release=constants.RELEASE_VERSION, types=sorted(constants.CONFD_REQS))
    for line in sys.stdin:
        told = json.loads(line)
        request, refusal = make_request(told["type"], told.get("query"))
        timeout = told.get("timeout", TIMEOUT_SECONDS)
        if refusal is None:
            result = ask(confd, store, request, timeout)
        else:
            result = ask_without_client(confd, port, request, timeout)
        timed_out, sent, received, reply = result
        say(
            refusal=refusal,
            timed_out=timed_out,
            sent=sent,
            received=received,
            reply=None if reply is None else {
                "protocol": reply.protocol,
                "status": reply.status,
                "answer": reply.answer,
                "serial": reply.serial,
            },
        )
    return 0


sys.exit(main())
