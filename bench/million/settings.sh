# Kernel settings for very many local connections; to be sourced. Only what is too low is raised, and what was there before is
# written down first, so that it can be put back even after the machine's shell was killed.
saved="${TMPDIR:-/tmp}/actorsockets-million.settings"

# raise NAME VALUE: every number of the setting becomes at least what is given here.
raise() {
  file="/proc/sys/$(echo "$1" | tr . /)"
  [ -e "$file" ] || return 0 # not on this kernel, or its module is not loaded
  now=$(tr '\t' ' ' <"$file")
  wanted=$(echo "$now" | awk -v least="$2" '{ n = split(least, l, " "); for (i = 1; i <= NF; i++) printf "%s%s", (i > n || $i + 0 > l[i] + 0 ? $i : l[i]), (i < NF ? " " : "") }')
  [ "$now" = "$wanted" ] && return 0
  echo "$1=$now" >>"$saved"
  echo "$1: $now -> $wanted"
  echo "$wanted" >"$file"
}

restore() {
  [ -e "$saved" ] || return 0
  while IFS='=' read -r name value; do
    echo "$value" >"/proc/sys/$(echo "$name" | tr . /)"
    echo "$name: back to $value"
  done <"$saved"
  rm -f "$saved"
}

# prepare CONNECTIONS: each takes two sockets, because both ends are here.
prepare() {
  raise net.core.somaxconn 4096             # the accept backlog that the gateway asks for
  raise net.ipv4.tcp_max_syn_backlog 8192
  raise fs.file-max "$(($1 * 2 + 200000))"
  raise net.ipv4.tcp_mem "1048576 1310720 1572864" # pages: no talk of pressure below 5 GB of socket buffers
  raise net.netfilter.nf_conntrack_max "$(($1 * 2))"
  # ip_local_port_range is enough as it is: clients come from hundreds of addresses, and every gateway has a port of its own.
}
