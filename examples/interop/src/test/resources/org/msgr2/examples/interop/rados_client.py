"""A librados client that does what it is told on standard input, one line of JSON at a time.

usage: rados_client.py CONF KEYRING

It connects and says so, or says what went wrong and ends with status 1. Every further line is a monitor command, and is
answered by one line. At the end of the input it shuts down.
"""

import json
import sys

import rados

CONNECT_SECONDS_MAX = 10


def say(**answer):
    print(json.dumps(answer), flush=True)


def main():
    conf, keyring = sys.argv[1:]
    cluster = rados.Rados(conffile=conf, rados_id="admin", conf={"keyring": keyring})
    try:
        cluster.connect(timeout=CONNECT_SECONDS_MAX)
    except rados.Error as error:
        say(error=type(error).__name__, errno=error.errno, message=str(error))
        return 1
    say(fsid=cluster.get_fsid(), instance=cluster.get_instance_id())
    for line in sys.stdin:
        result, output, status = cluster.mon_command(line.strip(), b"", timeout=CONNECT_SECONDS_MAX)
        say(result=result, output=output.decode(), status=status, instance=cluster.get_instance_id())
    cluster.shutdown()
    return 0


sys.exit(main())
