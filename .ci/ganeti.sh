# The real ganeti-confd, ganeti-luxid and Python client for the tests, for .ci/run to source. They are unpacked, not
# installed: the packages' scripts would make users and start daemons.
#
#   ganeti_unpack   sets MSGR_GANETI_ROOT, or says in ganeti_problem why it cannot

ganeti_problem=
ganeti_dir=${TMPDIR:-/tmp}/msgr2-ci-ganeti # kept, so that the next run finds it
ganeti_packages=(ganeti-3.0 ganeti-haskell-3.0 python3-simplejson python3-pyparsing python3-openssl python3-pyinotify
  python3-pycurl python3-bitarray python3-psutil libcurl3-gnutls libpcre3)

ganeti_unpack() {
  local root=$ganeti_dir/root
  mkdir -p -m 700 "$ganeti_dir"
  if [ ! -O "$ganeti_dir" ]; then
    ganeti_problem="$ganeti_dir belongs to somebody else"
    return
  fi
  if [ ! -d "$root" ]; then # which comes into being as a whole
    ganeti_download || return 0
  fi
  if ! ganeti_version "$root" >/dev/null 2>&1; then
    # Libraries of its libraries, on a machine that is very bare.
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends \
      libcurl3-gnutls libffi8 libgmp10 zlib1g || true
    if ! ganeti_version "$root" >/dev/null; then
      ganeti_problem="ganeti-confd does not start (see above)"
      return
    fi
  fi
  export MSGR_GANETI_ROOT=$root
}

ganeti_download() {
  local package
  rm -rf "$ganeti_dir/debs" "$ganeti_dir/unpacked"
  mkdir -p "$ganeti_dir/debs" "$ganeti_dir/unpacked"
  if ! (cd "$ganeti_dir/debs" &&
    { apt-get download "${ganeti_packages[@]}" ||
      { apt-get -o DPkg::Lock::Timeout=300 update && apt-get download "${ganeti_packages[@]}"; }; }); then
    ganeti_problem="cannot download ${ganeti_packages[*]}"
    return 1
  fi
  for package in "$ganeti_dir"/debs/*.deb; do
    if ! dpkg -x "$package" "$ganeti_dir/unpacked"; then
      ganeti_problem="cannot unpack $package"
      return 1
    fi
  done
  mv "$ganeti_dir/unpacked" "$ganeti_dir/root"
  rm -rf "$ganeti_dir/debs"
}

ganeti_version() { # where it is unpacked
  LD_LIBRARY_PATH=$(printf %s: "$1"/usr/lib/*-linux-gnu "$1"/lib/*-linux-gnu) \
    "$1/usr/lib/ganeti/3.0/usr/sbin/ganeti-confd" --version
}
