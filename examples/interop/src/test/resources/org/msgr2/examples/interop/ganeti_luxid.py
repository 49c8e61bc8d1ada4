#!/usr/bin/env python3
"""Starts ganeti-luxid with a network and users of its own, in new namespaces of both kinds:

  unshare --net --mount ganeti_luxid.py PASSWD GROUP PROGRAM [ARGUMENT...]

There is nothing but loopback in the network, so that what it asks nodes goes nowhere. The program has the process id of
this one.
"""
import fcntl
import os
import socket
import struct
import subprocess
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def loopback_up():
  with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    flags = struct.unpack("16sh22x", fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sh22x", b"lo", 0)))[1]
    fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))


def main(argv):
  if os.readlink("/proc/self/ns/net") == os.readlink("/proc/%d/ns/net" % os.getppid()):
    raise SystemExit("the network is not a new one")
  interfaces = [name for _, name in socket.if_nameindex()]
  if interfaces != ["lo"]:
    raise SystemExit("the network has more than loopback: %s" % interfaces)
  loopback_up()
  for own, everybodys in ((argv[1], "/etc/passwd"), (argv[2], "/etc/group")):
    subprocess.run(["mount", "--bind", own, everybodys], check=True)
  os.execv(argv[3], argv[3:])


if __name__ == "__main__":
  main(sys.argv)
