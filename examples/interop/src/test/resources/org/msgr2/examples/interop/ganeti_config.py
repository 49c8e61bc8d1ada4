#!/usr/bin/env python3
"""Makes the configuration file of an invented Ganeti cluster.

  ganeti_config.py small OUT                      5 nodes, 6 instances, schema of 3.0
  ganeti_config.py small28 OUT                    the same cluster in the schema of 2.8
  ganeti_config.py big OUT [NODES INSTS]          regular; 2000 nodes and 50000 instances unless told otherwise
  ganeti_config.py random OUT SEED [NODES INSTS]  irregular: names that abbreviate to each other, addresses that are
                                                  on several links or given twice, disks within disks, members left out,
                                                  and so on

The same arguments give the same file.
"""
import copy
import json
import random
import sys
import uuid

NS = uuid.UUID("6f0d9b5e-1f0e-4c7a-9a51-000000000000")


def uid(*parts):
  return str(uuid.uuid5(NS, "/".join(str(p) for p in parts)))


def cluster30(master_uuid, serial=4711):
  spec = {"cpu-count": 1, "disk-count": 1, "disk-size": 1024,
          "memory-size": 128, "nic-count": 1, "spindle-use": 1}
  big = {"cpu-count": 8, "disk-count": 16, "disk-size": 1048576,
         "memory-size": 32768, "nic-count": 8, "spindle-use": 12}
  return {
    "beparams": {"default": {"always_failover": False, "auto_balance": True,
                             "maxmem": 128, "minmem": 128, "spindle_use": 1,
                             "vcpus": 1}},
    "blacklisted_os": [], "candidate_certs": {}, "candidate_pool_size": 10,
    "cluster_name": "cluster.test.example", "compression_tools": ["gzip"],
    "ctime": 1700000000.25, "mtime": 1700000100.5, "data_collectors": {
      "diskstats": {"active": True, "interval": 5000000},
      "lv": {"active": False, "interval": 7000000}},
    "default_iallocator": "hail", "default_iallocator_params": {},
    "disk_state_static": {}, "hv_state_static": {}, "diskparams": {},
    "enabled_disk_templates": ["drbd", "plain"],
    "enabled_hypervisors": ["kvm"], "enabled_user_shutdown": False,
    "file_storage_dir": "", "shared_file_storage_dir": "",
    "gluster_storage_dir": "", "hidden_os": [], "highest_used_port": 11006,
    "hvparams": {"kvm": {"kernel_path": "/boot/vmlinuz"}},
    "install_image": "", "instance_communication_network": "",
    "ipolicy": {"disk-templates": ["drbd", "plain"],
                "minmax": [{"max": big, "min": spec}],
                "spindle-ratio": 32.0, "std": spec, "vcpu-ratio": 4.0},
    "mac_prefix": "aa:00:00", "maintain_node_health": False,
    "master_ip": "192.0.2.1", "master_netdev": "eth0", "master_netmask": 32,
    "master_node": master_uuid, "max_running_jobs": 20,
    "max_tracked_jobs": 25, "modify_etc_hosts": True,
    "modify_ssh_setup": True,
    "ndparams": {"cpu_speed": 1.0, "exclusive_storage": False,
                 "oob_program": "", "ovs": False, "ovs_link": "",
                 "ovs_name": "switch1", "spindle_count": 1, "ssh_port": 22},
    "nicparams": {"default": {"link": "br0", "mode": "bridged", "vlan": ""}},
    "os_hvp": {}, "osparams": {}, "osparams_private_cluster": {},
    "prealloc_wipe_disks": False, "primary_ip_family": 2, "reserved_lvs": [],
    "rsahostkeypub": "KEY", "serial_no": serial, "ssh_key_bits": 2048,
    "ssh_key_type": "rsa", "tags": ["alpha", "beta:1"],
    "tcpudp_port_pool": [], "uid_pool": [], "use_external_mip_script": False,
    "uuid": uid("cluster"), "volume_group_name": "xenvg",
    "zeroing_image": "",
  }


GROUP = uid("group", "default")


def group30():
  return {GROUP: {"alloc_policy": "preferred", "diskparams": {},
                  "ipolicy": {}, "name": "default", "ndparams": {},
                  "networks": {}, "serial_no": 3, "tags": [],
                  "uuid": GROUP, "ctime": 1700000000.0,
                  "mtime": 1700000000.0}}


def node30(u, name, pip, sip, mc=False, offline=False, drained=False,
           serial=1):
  return {"name": name, "primary_ip": pip, "secondary_ip": sip,
          "master_candidate": mc, "offline": offline, "drained": drained,
          "group": GROUP, "master_capable": True, "vm_capable": True,
          "ndparams": {}, "powered": True, "ctime": 1700000000.0,
          "mtime": 1700000000.5, "uuid": u, "serial_no": serial, "tags": []}


def plain_child(label, u, size, nodes):
  return {"dev_type": "plain", "logical_id": ["xenvg", "%s.%s" % (u, label)],
          "children": [], "nodes": nodes, "iv_name": "", "size": size,
          "mode": "rw", "params": {}, "uuid": uid("child", u, label),
          "serial_no": 1, "ctime": 1700000000.0, "mtime": 1700000000.0}


def disk30(u, iv, size, logical_id=None, drbd=None, nodes=(), serial=1):
  d = {"iv_name": iv, "size": size, "mode": "rw", "params": {},
       "nodes": list(nodes), "uuid": u, "serial_no": serial,
       "ctime": 1700000000.0, "mtime": 1700000000.0}
  if drbd:
    a, b, port, ma, mb, secret = drbd
    d.update(dev_type="drbd", logical_id=[a, b, port, ma, mb, secret],
             nodes=[a, b],
             children=[plain_child(iv.replace("/", "") + "_data", u, size,
                                   [a, b]),
                       plain_child(iv.replace("/", "") + "_meta", u, 128,
                                   [a, b])])
  else:
    d.update(dev_type="plain", logical_id=logical_id, children=[])
  return d


def inst30(u, name, pnode, nics, disks, serial=1, state="up"):
  return {"name": name, "primary_node": pnode, "os": "debootstrap+default",
          "hypervisor": "kvm", "hvparams": {}, "beparams": {},
          "osparams": {}, "osparams_private": {}, "admin_state": state,
          "admin_state_source": "admin", "nics": nics, "disks": disks,
          "disks_active": state == "up", "network_port": 11000 + serial,
          "ctime": 1700000001.0, "mtime": 1700000002.75, "uuid": u,
          "serial_no": serial, "tags": []}


def nic30(key, mac, ip=None, params=None):
  n = {"mac": mac, "nicparams": params or {}, "uuid": uid("nic", key)}
  if ip is not None:
    n["ip"] = ip
  return n


SMALL_NODES = [
  # name, pip, sip, mc, offline, drained, serial
  ("node1.test.example", "192.0.2.11", "198.51.100.11", True, False, False, 11),
  ("node2.test.example", "192.0.2.12", "198.51.100.12", True, False, False, 12),
  ("node3.test.example", "192.0.2.13", "198.51.100.13", False, False, True, 13),
  ("node4.test.example", "192.0.2.14", "198.51.100.14", False, True, False, 14),
  ("node5.test.example", "192.0.2.15", "198.51.100.15", False, False, False, 15),
]
# name, primary idx, nics[(mac, ip, nicparams)], disks, serial
SMALL_INSTS = [
  ("inst1.test.example", 0,
   [("aa:00:00:00:00:01", "203.0.113.1", {})],
   [("drbd", 0, 1, 11001, 0, 0, "secret-one")], 21),
  ("inst2.test.example", 1,
   [("aa:00:00:00:00:02", "203.0.113.2", {}),
    ("aa:00:00:00:00:12", "10.0.0.2", {"link": "br1"})],
   [("drbd", 1, 4, 11002, 1, 0, "secret-two"),
    ("drbd", 4, 1, 11003, 1, 2, "secret-three")], 22),
  ("inst3.test.example", 4,
   [("aa:00:00:00:00:03", "203.0.113.30", {"link": "br1", "mode": "bridged"})],
   [("plain", "vol3")], 23),
  ("inst4.test.example", 2,
   [("aa:00:00:00:00:04", None, {})],
   [("drbd", 2, 0, 11004, 0, 1, "secret-four")], 24),
  ("inst5.test.example", 3,
   [("aa:00:00:00:00:05", "203.0.113.5", {"link": "table 100",
                                          "mode": "routed"})],
   [("plain", "vol5a"), ("plain", "vol5b")], 25),
  ("inst6.test.example", 0,
   [("aa:00:00:00:00:06", "203.0.113.10", {}),
    ("aa:00:00:00:00:16", "10.0.0.2", {})],   # same ip, default link
   [], 26),
]


def small30():
  nuuid = [uid("node", n[0]) for n in SMALL_NODES]
  nodes = {}
  for u, n in zip(nuuid, SMALL_NODES):
    nodes[u] = node30(u, *n)
  insts, disks = {}, {}
  for (name, pidx, nics, dsks, serial) in SMALL_INSTS:
    iu = uid("inst", name)
    dlist = []
    for i, d in enumerate(dsks):
      du = uid("disk", name, i)
      dlist.append(du)
      if d[0] == "drbd":
        disks[du] = disk30(du, "disk/%d" % i, 2048,
                           drbd=(nuuid[d[1]], nuuid[d[2]]) + d[3:])
      else:
        disks[du] = disk30(du, "disk/%d" % i, 1024,
                           logical_id=["xenvg", d[1]], nodes=[nuuid[pidx]])
    insts[iu] = inst30(iu, name, nuuid[pidx],
                       [nic30("%s/%d" % (name, i), m, ip, p)
                        for i, (m, ip, p) in enumerate(nics)],
                       dlist, serial,
                       "down" if name.startswith("inst6") else "up")
  return {"version": 3000000, "cluster": cluster30(nuuid[0]),
          "nodes": nodes, "nodegroups": group30(), "instances": insts,
          "networks": {}, "disks": disks, "filters": {},
          "ctime": 1700000000.125, "mtime": 1700000200.0, "serial_no": 99}


def small28():
  """Seed-era (2.7/2.8) layout: name-keyed containers, embedded disks."""
  c = cluster30("node1.test.example")
  for k in ("candidate_certs", "compression_tools", "data_collectors",
            "default_iallocator_params", "enabled_user_shutdown",
            "gluster_storage_dir", "install_image",
            "instance_communication_network", "max_running_jobs",
            "max_tracked_jobs", "osparams_private_cluster", "ssh_key_bits",
            "ssh_key_type", "zeroing_image", "enabled_disk_templates",
            "hv_state_static", "disk_state_static"):
    c.pop(k)
  c["default_iallocator"] = "hail"
  c["nicparams"] = {"default": {"link": "br0", "mode": "bridged"}}
  c["ndparams"] = {"exclusive_storage": False, "oob_program": "",
                   "spindle_count": 1}
  names = [n[0] for n in SMALL_NODES]
  nodes = {n[0]: node30(uid("node", n[0]), *n) for n in SMALL_NODES}
  insts = {}
  for (name, pidx, nics, dsks, serial) in SMALL_INSTS:
    i = inst30(uid("inst", name), name, names[pidx], [], [], serial)
    for k in ("osparams_private", "admin_state_source", "disks_active"):
      i.pop(k)
    kinds = set(d[0] for d in dsks)
    i["disk_template"] = ("drbd" if "drbd" in kinds else
                          "plain" if kinds else "diskless")
    for (m, ip, p) in nics:
      n = {"mac": m, "nicparams": p}
      if ip:
        n["ip"] = ip
      i["nics"].append(n)
    for k, d in enumerate(dsks):
      if d[0] == "drbd":
        i["disks"].append({
          "dev_type": "drbd8", "iv_name": "disk/%d" % k, "size": 2048,
          "mode": "rw", "params": {},
          "logical_id": [names[d[1]], names[d[2]]] + list(d[3:]),
          "physical_id": [],
          "children": [{"dev_type": "lvm", "size": 2048, "params": {},
                        "logical_id": ["xenvg", "%s.data%d" % (name, k)]},
                       {"dev_type": "lvm", "size": 128, "params": {},
                        "logical_id": ["xenvg", "%s.meta%d" % (name, k)]}]})
      else:
        i["disks"].append({"dev_type": "lvm", "iv_name": "disk/%d" % k,
                           "size": 1024, "mode": "rw", "params": {},
                           "logical_id": ["xenvg", d[1]]})
    insts[name] = i
  g = group30()
  return {"version": 2080000, "cluster": c, "nodes": nodes, "nodegroups": g,
          "instances": insts, "networks": {}, "ctime": 1700000000.125,
          "mtime": 1700000200.0, "serial_no": 99}


def big30(nnodes=2000, ninst=50000):
  links = ["br0", "br1", "br2", "br3"]
  nuuid, nodes = [], {}
  for i in range(nnodes):
    name = "node%04d.big.example" % i
    u = uid("node", name)
    nuuid.append(u)
    nodes[u] = node30(u, name, "10.%d.%d.%d" % (100, i // 250, i % 250 + 1),
                      "10.%d.%d.%d" % (101, i // 250, i % 250 + 1),
                      mc=(i < 10), offline=(i >= 10 and i % 97 == 0),
                      drained=(i >= 10 and i % 89 == 0), serial=i + 1)
  minors = [0] * nnodes
  insts, disks = {}, {}
  for i in range(ninst):
    name = "inst%05d.big.example" % i
    iu = uid("inst", name)
    p = i % nnodes
    s = (p + 1 + i // nnodes) % nnodes
    du = uid("disk", name)
    disks[du] = disk30(du, "disk/0", 10240,
                       drbd=(nuuid[p], nuuid[s], 11000 + i % 50000,
                             minors[p], minors[s], "%040x" % i))
    minors[p] += 1
    minors[s] += 1
    link = links[i % 4]
    nics = [nic30(name, "aa:00:%02x:%02x:%02x:00" %
                  (i >> 16 & 255, i >> 8 & 255, i & 255),
                  "172.%d.%d.%d" % (16 + i // 62500, i // 250 % 250,
                                    i % 250 + 1),
                  {} if link == "br0" else {"link": link})]
    insts[iu] = inst30(iu, name, nuuid[p], nics, [du], i % 1000 + 1)
  return {"version": 3000000, "cluster": cluster30(nuuid[0], 8000),
          "nodes": nodes, "nodegroups": group30(), "instances": insts,
          "networks": {}, "disks": disks, "filters": {},
          "ctime": 1700000000.125, "mtime": 1700000200.0, "serial_no": 123456}


LABELS = ["web", "db", "mail", "node1", "node2", "Node1", "a", "ab", "x-1"]
DOMAINS = ["", ".a", ".b", ".a.example", ".b.example", ".a.example.org", ".web.example"]
LINKS = ["br0", "br1", "br2", "table 100", "0", "link/with~both"]


def names(rnd, count):
  """Names of which many are abbreviations of others, and the rest plain."""
  found = set(rnd.sample([l + d for l in LABELS for d in DOMAINS], min(count * 2 // 3, 60)))
  while len(found) < count:
    found.add("%s%d%s" % (rnd.choice(LABELS), rnd.randrange(10 * count), rnd.choice(DOMAINS[3:])))
  found = sorted(found)
  rnd.shuffle(found)
  return found


def random_uid(rnd):
  return str(uuid.UUID(int=rnd.getrandbits(128), version=4))


def random_disk(rnd, index, nodes, primary, minors):
  u = random_uid(rnd)
  kind = rnd.random()
  if kind < 0.35 or len(nodes) < 2:
    return disk30(u, "disk/%d" % index, 1024, logical_id=["xenvg", "vol-" + u[:8]], nodes=[primary],
                  serial=rnd.randrange(1, 9))
  # Sometimes neither end is the instance's primary node, and either end may come first.
  ends = rnd.sample(nodes, 2)
  if rnd.random() < 0.8 and primary not in ends:
    ends[rnd.randrange(2)] = primary
  numbers = []
  for end in ends:
    numbers.append(minors.get(end, 0))
    minors[end] = numbers[-1] + 1
  d = disk30(u, "disk/%d" % index, 2048, drbd=(ends[0], ends[1], 11000 + len(minors), numbers[0], numbers[1],
                                              "%040x" % rnd.getrandbits(160)))
  if rnd.random() < 0.1:  # a disk within the disk
    inner = random_disk(rnd, index, nodes, primary, minors)
    d["children"].insert(rnd.randrange(3), inner)
  return d


def random_nic(rnd, key, ips):
  params = {}
  if rnd.random() < 0.6:
    params["link"] = rnd.choice(LINKS)
    if rnd.random() < 0.3:
      params["mode"] = rnd.choice(["bridged", "routed"])
  ip = rnd.choice(ips) if rnd.random() < 0.85 else None
  return nic30(key, "aa:00:00:%02x:%02x:%02x" % tuple(rnd.randrange(256) for _ in range(3)), ip, params)


# What an object may leave out, and what it may have without saying anything by it.
OPTIONAL = {
  "root": ["ctime", "mtime"],
  "cluster": ["ctime", "mtime", "tags", "disk_state_static", "hv_state_static", "volume_group_name"],
  "node": ["ctime", "mtime", "tags"],
  "group": ["ctime", "mtime", "tags", "members"],
  "instance": ["ctime", "mtime", "tags", "nics", "disks", "beparams", "hvparams", "osparams", "osparams_private",
               "network_port"],
  "nic": ["ip"],
  "disk": ["ctime", "mtime", "children", "iv_name", "mode", "nodes", "params"],
  "network": ["ctime", "mtime", "tags", "gateway", "gateway6", "network6", "mac_prefix", "reservations",
              "ext_reservations"],
}
EMPTY = {
  "cluster": {"dsahostkeypub": [None, "KEY"], "drbd_usermode_helper": [None, "/bin/true"]},
  "node": {"hv_state_static": [{}, {"kvm": {"mem_total": 1}}], "disk_state_static": [{}, None],
           "ndparams": [{"oob_program": None}, {"spindle_count": 2.0, "ssh_port": None}]},
  "group": {"hv_state_static": [{}, {"kvm": {}}], "disk_state_static": [{}, {"plain": None}], "members": [[], ["x"]],
            "ndparams": [{"ovs": None, "ovs_link": "l"}],
            "ipolicy": [{"minmax": None}, {"std": {"cpu-count": None, "disk-count": 2}}, {"spindle-ratio": 2.5}],
            "networks": [{"net": {"mode": None, "link": "br1"}}]},
  "instance": {"forthcoming": [False, None], "beparams": [{"minmem": None, "maxmem": 128}, {"vcpus": None}],
               "hvparams": [{"kernel_path": None}], "tags": [["b", "a", "b"]]},
  "nic": {"name": [None, "eth"], "network": [None, "net"]},
  "disk": {"name": [None, "data"], "spindles": [None, 3], "forthcoming": [False, None]},
}


def sparse(rnd, kind, obj):
  """Leaves out or nulls some of what may be missing, and adds some of what says nothing."""
  for key in OPTIONAL[kind]:
    if key in obj and rnd.random() < 0.12:
      # What other objects refer to stays: an instance keeps its disks and addresses mostly.
      if key in ("disks", "nics") and rnd.random() < 0.7:
        continue
      if rnd.random() < 0.5:
        del obj[key]
      else:
        obj[key] = None
  for key, values in sorted(EMPTY.get(kind, {}).items()):
    if rnd.random() < 0.12:
      obj[key] = rnd.choice(values)


def sparse30(rnd, config):
  sparse(rnd, "root", config)
  sparse(rnd, "cluster", config["cluster"])
  for kind, section in (("node", "nodes"), ("group", "nodegroups"), ("instance", "instances"), ("disk", "disks"),
                        ("network", "networks")):
    for key in sorted(config[section]):
      obj = config[section][key]
      for nic in obj.get("nics", []):
        sparse(rnd, "nic", nic)
      for child in obj.get("children", []):
        sparse(rnd, "disk", child)
      sparse(rnd, kind, obj)
  return config


def network30(u, name):
  return {"name": name, "mac_prefix": "aa:00:01", "network": "198.51.100.0/24", "network6": "2001:db8::/64",
          "gateway": "198.51.100.1", "gateway6": "2001:db8::1", "reservations": "0" * 256, "ext_reservations": "0" * 256,
          "uuid": u, "serial_no": 1, "ctime": 1700000000.0, "mtime": 1700000000.0, "tags": ["b", "a"]}


def groups(rnd):
  made = group30()
  for i in range(4):
    u = random_uid(rnd)
    made[u] = dict(copy.deepcopy(made[GROUP]), name="group%d" % i, uuid=u)
  return made


def random30(seed, nnodes=40, ninst=200):
  rnd = random.Random(int(seed))
  nodes, minors = {}, {}
  for i, name in enumerate(names(rnd, nnodes)):
    u = random_uid(rnd)
    nodes[u] = node30(u, name, "192.0.2.%d" % (i % 200 + 1), "198.51.100.%d" % (i % 200 + 1),
                      mc=rnd.random() < 0.3, offline=rnd.random() < 0.2, drained=rnd.random() < 0.2,
                      serial=rnd.randrange(1, 1000))
  keys = list(nodes)
  ips = ["203.0.113.%d" % i for i in range(1, 200)] + ["10.0.%d.%d" % (i, i) for i in range(20)] + ["2001:db8::1"]
  insts, disks = {}, {}
  for name in names(rnd, ninst):
    u, primary = random_uid(rnd), rnd.choice(keys)
    own = [random_disk(rnd, i, keys, primary, minors) for i in range(rnd.choice([0, 1, 1, 1, 2, 3]))]
    disks.update((d["uuid"], d) for d in own)
    nics = [random_nic(rnd, "%s/%d" % (name, i), ips) for i in range(rnd.choice([0, 1, 1, 1, 2, 3]))]
    insts[u] = inst30(u, name, primary, nics, [d["uuid"] for d in own], rnd.randrange(1, 500),
                      rnd.choice(["up", "down", "offline"]))
    if rnd.random() < 0.1:
      insts[u]["osparams_private"] = {"password": "not-for-everybody"}
    if rnd.random() < 0.2:
      insts[u]["tags"] = ["prio/1", "owner:~a"] + (["gr\u00f6\u00dfe"] if rnd.random() < 0.1 else [])
  c = cluster30(rnd.choice(keys), rnd.randrange(1, 10000))
  c["nicparams"]["default"]["link"] = rnd.choice(LINKS)
  c["enabled_hypervisors"] = rnd.choice([["kvm"], ["kvm", "xen-pvm"], ["xen-hvm"]])
  c["data_collectors"] = dict((name, {"active": rnd.random() < 0.5, "interval": rnd.randrange(1, 10) * 1000000})
                              for name in ("diskstats", "lv", "drbd", "inst-status-xen") if rnd.random() < 0.5)
  networks = dict((u, network30(u, "net%d" % i)) for i, u in enumerate(random_uid(rnd) for _ in range(4)))
  return sparse30(rnd, {
    "version": 3000000, "cluster": c, "nodes": nodes, "nodegroups": groups(rnd), "instances": insts,
    "networks": networks, "disks": disks, "filters": {}, "ctime": 1700000000.125, "mtime": 1700000200.0,
    "serial_no": rnd.randrange(1, 100000)})


def main(argv):
  kind, out = argv[1], argv[2]
  if kind == "small":
    cfg, indent = small30(), 1
  elif kind == "small28":
    cfg, indent = small28(), 1
  elif kind == "big":
    cfg, indent = big30(*[int(x) for x in argv[3:5]]), None
  elif kind == "random":
    cfg, indent = random30(*[int(x) for x in argv[3:6]]), 1
  else:
    raise SystemExit(__doc__)
  with open(out, "w") as fd:
    json.dump(cfg, fd, indent=indent, sort_keys=True)
    fd.write("\n")


if __name__ == "__main__":
  main(sys.argv)
