"""A libcephfs client that does what it is told on standard input, one line of JSON at a time.

usage: cephfs_client.py CONF KEYRING

It mounts the file system and says so, or says what went wrong and ends with status 1. A further line is {"stat": PATH}: each
is done in a thread of its own, so that many can be under way, and is answered by one line when it is done, with the errno, 0
if there was none. Or it is {"set": OPTION, "to": VALUE}, which has no answer. At the end of the input it unmounts.
"""

import json
import sys
import threading

import cephfs

MOUNT_SECONDS_MAX = 10
STATS_MAX = 64

lock = threading.Lock()
room = threading.Semaphore(STATS_MAX)


def say(**answer):
    with lock:
        print(json.dumps(answer), flush=True)


def stat(fs, path):
    try:
        fs.stat(path)
        errno = 0
    except cephfs.Error as error:
        errno = error.get_error_code() if isinstance(error, cephfs.OSError) else -1
    say(path=path, errno=abs(errno))
    room.release()


def main():
    conf, keyring = sys.argv[1:]
    fs = cephfs.LibCephFS(conffile=conf, auth_id="admin", conf={"keyring": keyring})
    try:
        fs.set_mount_timeout(MOUNT_SECONDS_MAX)
        fs.mount()
    except cephfs.Error as error:
        say(error=type(error).__name__, message=str(error))
        return 1
    say(instance=fs.get_instance_id())
    threads = []
    for line in sys.stdin:
        task = json.loads(line)
        if "set" in task:
            fs.conf_set(task["set"], task["to"])
            continue
        room.acquire()
        threads.append(threading.Thread(target=stat, args=(fs, task["stat"])))
        threads[-1].start()
    for thread in threads:
        thread.join()
    fs.unmount()
    fs.shutdown()
    return 0


sys.exit(main())
