# A container engine for the tests, for .ci/run to source: the machine's own if it answers, else a private one.
#
#   engine_start    leaves engine_problem empty and the environment set, or says in engine_problem why there is none
#   engine_stop     ends the private one; harmless without

engine_problem=
engine_pid=
engine_dir=${TMPDIR:-/tmp}/msgr2-ci-engine # kept, so that the next run finds the image

engine_start() {
  # The tests remove their container themselves, and no registry has the image of the helper that would.
  export TESTCONTAINERS_RYUK_DISABLED=true
  if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    engine_image
    return
  fi
  if [ -n "${DOCKER_HOST:-}" ]; then
    engine_problem="the engine of DOCKER_HOST does not answer"
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    engine_problem="only root can start a private one, and no other answers"
    return
  fi
  engine_install docker.io || return 0
  engine_private
  [ -n "$engine_problem" ] || engine_image
}

engine_install() { # package... -> installs what is missing
  local package missing=()
  for package; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 update &&
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" && return
  engine_problem="cannot install ${missing[*]}"
  return 1
}

engine_private() {
  local second
  mkdir -p -m 700 "$engine_dir"
  if [ ! -O "$engine_dir" ]; then
    engine_problem="$engine_dir belongs to somebody else"
    return
  fi
  dockerd --iptables=false --ip6tables=false --bridge=none --data-root "$engine_dir/data" \
    --exec-root "$engine_dir/exec" --pidfile "$engine_dir/pid" -H "unix://$engine_dir/socket" \
    >"$engine_dir/log" 2>&1 &
  engine_pid=$!
  for second in $(seq 30); do
    if docker -H "unix://$engine_dir/socket" info >/dev/null 2>&1; then
      # Without the override, Testcontainers looks for a bridge that is not there.
      export DOCKER_HOST=unix://$engine_dir/socket TESTCONTAINERS_HOST_OVERRIDE=localhost
      return
    fi
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 1
  done
  engine_problem="dockerd does not start: $(tail -n 1 "$engine_dir/log" 2>/dev/null)"
  engine_stop
}

engine_image() {
  engine_install mmdebstrap || return 0
  if ! .ci/ceph-image; then
    engine_problem="the image with Ceph cannot be built (see above)"
    engine_stop
  fi
}

engine_stop() {
  [ -n "$engine_pid" ] || return 0
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  umount "$engine_dir/exec/netns/default" 2>/dev/null || true # which it leaves, and which keeps the directory busy
  engine_pid=
}
