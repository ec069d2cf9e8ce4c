#!/usr/bin/env bash
# Three nodes of one cluster on this machine, over loopback.
#
#   deploy/three-nodes.sh [options] [settings of all nodes, as --ActorSockets:Drain:Deadline=00:00:10]
#
#   --public PORT    where clients reach node 1 (8080); nodes 2 and 3 have the next two ports, here and below
#   --admin PORT     where operators reach node 1 (9090)
#   --cluster PORT   where nodes reach node 1 (4053)
#   --only N         start node N alone, 1 to 3: again, after it ended, to join those that run
#   --dir DIR        for logs, pids, state and the access key (artifacts/three-nodes)
#   --discard        delete that directory at the end
#   --stop-within S  Ctrl+C drains and stops the nodes; who is not gone after S seconds is killed (60)
#   --once           stop when all are ready
#   --help
#
# When a node ends, the others go on, and this says how to start it again. A start of all three forgets the bans and limits of the one
# before and moves its logs to DIR/before; --only goes on with both. Unless a setting or the environment has an access key, one is made
# and kept in DIR.
set -euo pipefail
self=$0 root=$(cd "$(dirname "$0")/.." && pwd)
public=8080 admin=9090 cluster=4053 count=3 only='' dir='' discard='' within=60 once=''
settings=() again=()

say() { printf '%s\n' "$*"; }
fault() { say "three-nodes.sh: $*" >&2; exit 2; }

# The value of an option, if it is a number of that range.
number() {
  case $2 in '' | *[!0-9]* | ??????*) fault "$1 '$2': must be a number from $3 to $4" ;; esac
  [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || fault "$1 '$2': must be a number from $3 to $4"
}

while [ $# -gt 0 ]; do
  case $1 in
    --public=* | --admin=* | --cluster=* | --only=* | --dir=* | --stop-within=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
  esac
  case $1 in
    --help | -h) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --discard) discard=1; shift ;;
    --once) once=1; shift ;;
    --only) number "$1" "${2-}" 1 $count; only=$2; shift 2 ;;
    --public | --admin | --cluster) number "$1" "${2-}" 1 65533; printf -v "${1#--}" %s "$2"; again+=("$1" "$2"); shift 2 ;;
    --stop-within) number "$1" "${2-}" 0 86400; within=$2; again+=("$1" "$2"); shift 2 ;;
    --dir) [ -n "${2-}" ] || fault '--dir: must be a directory'; dir=$2; again+=("$1" "$2"); shift 2 ;;
    --*=*) settings+=("$1"); again+=("$1"); shift ;;
    *) fault "'$1' is neither an option nor a setting; see --help" ;;
  esac
done
case $dir in '') dir=$root/artifacts/three-nodes ;; /*) ;; *) dir=$PWD/$dir ;; esac
nodes=${only:-$(seq 1 $count)}

log_of() { say "$dir/node-$1.log"; }
pid_of() { cat "$dir/node-$1.pid" 2>/dev/null || true; }
admin_of() { say "http://127.0.0.1:$((admin + $1 - 1))"; }
start_again() { local command=("$self" --only "$1" ${again[@]+"${again[@]}"}); printf '%q' "${command[0]}"; printf ' %q' "${command[@]:1}"; }

# All ports that are taken are named, before anything is built or started. Those of a node that was just killed are free in a moment.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
taken() {
  local node use port
  for node in $nodes; do
    for use in public admin cluster; do
      port=$((${!use} + node - 1))
      if listens "$port"; then say "Port $port, node $node's $use port, is taken. End whoever has it, or give all nodes other $use ports with --$use PORT."; fi
    done
  done
}
if [ -n "$(taken)" ]; then sleep 1; fi
faults=$(taken)
for node in $nodes; do
  # Its state and its log must not be taken from under it.
  pid=$(pid_of "$node")
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then faults+="${faults:+$'\n'}Process $pid may be node $node of an earlier start, with its files in $dir. End it, or give another --dir."; fi
done
if [ -n "$faults" ]; then
  say "$faults" >&2
  exit 2
fi

cd "$root/src/Gateway"
mkdir -p "$dir"
# Not under the feet of nodes that run from it.
dll=bin/Release/net10.0/ActorSockets.Gateway.dll
if [ -z "$only" ] || [ ! -e "$dll" ]; then
  say "Building; the first time takes some minutes."
  dotnet build -c Release -nologo -v q >"$dir/build.log" 2>&1 || { cat "$dir/build.log" >&2; exit 1; }
fi
if [ -z "$only" ]; then
  rm -rf "$dir"/state-* "$dir"/node-*.pid "$dir/before"
  for log in "$dir"/node-*.log; do if [ -e "$log" ]; then mkdir -p "$dir/before" && mv "$log" "$dir/before/"; fi; done
fi

key_file=''
if [ -z "${ActorSockets__AccessKeys__0-}" ] && [[ "${settings[*]-}" != *:AccessKeys:* ]]; then
  key_file=$dir/access-key
  [ -s "$key_file" ] || (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$key_file")
  ActorSockets__AccessKeys__0=$(cat "$key_file")
  export ActorSockets__AccessKeys__0
fi

seeds=()
for ((i = 0; i < count; i++)); do seeds+=("--ActorSockets:Cluster:SeedNodes:$i=127.0.0.1:$((cluster + i))"); done

# The keeper of a node waits for it and ends as it did: a shell that waited for the node itself would remark upon its death in its own words.
keepers=() names=()
start() {
  local offset=$(($1 - 1)) pid=$dir/node-$1.pid
  rm -f "$pid"
  # In a group of its own, so that Ctrl+C reaches this script alone, which then stops each in order.
  set -m
  (
    dotnet "$dll" \
      "--Kestrel:Endpoints:Public:Url=http://127.0.0.1:$((public + offset))" "--Kestrel:Endpoints:Admin:Url=http://127.0.0.1:$((admin + offset))" \
      "--ActorSockets:Cluster:Enabled=true" "--ActorSockets:Cluster:Port=$((cluster + offset))" "${seeds[@]}" \
      "--ActorSockets:State:Path=$dir/state-$1" ${settings[@]+"${settings[@]}"} &
    echo $! >"$pid"
    wait $!
  ) </dev/null >>"$(log_of "$1")" 2>&1 &
  keepers[$1]=$!
  set +m
  until [ -s "$pid" ] || is_over "$1"; do sleep 0.02; done
}

running() { local node; for node in $nodes; do if [ -n "${keepers[node]-}" ]; then say "$node"; fi; done; }
is_over() { ! kill -0 "${keepers[$1]}" 2>/dev/null; }

# How a node ended, in words; it is not kept any more.
ending_of() {
  ended=0
  wait "${keepers[$1]}" || ended=$?
  unset "keepers[$1]"
  case $ended in
    0) how='it was stopped' ;;
    2) how='its settings are wrong, or an address is taken' ;;
    3) how='it was stopped, and some clients had to be cut' ;;
    9) how='the others went on without it' ;;
    137) how='it was killed' ;;
    143) how='it was stopped at once' ;;
    *) how='see its log' ;;
  esac
}

signal() { local node; for node in $(running); do kill "-$1" "$(pid_of "$node")" 2>/dev/null || true; done; }

# Each node drains; whoever is late is killed.
stop() {
  local node end=$((SECONDS + within)) told=$SECONDS
  trap - EXIT
  trap 'say "Ending at once."; signal TERM; end=$((SECONDS + 5))' INT TERM HUP
  if [ -n "$(running)" ]; then say "Stopping: each node lets its clients go first. Who is not gone in $within s is killed (--stop-within); Ctrl+C again ends all at once."; fi
  signal TERM
  while [ -n "$(running)" ]; do
    for node in $(running); do
      if is_over "$node"; then ending_of "$node"; say "node $node ended with exit code $ended: $how"; fi
    done
    if [ "$SECONDS" -ge "$end" ] && [ -n "$(running)" ]; then
      say "Killing node" $(running)
      signal KILL
      end=$((SECONDS + 5))
    elif [ $((SECONDS - told)) -ge 5 ] && [ -n "$(running)" ]; then
      say "waiting for node" $(running)
      told=$SECONDS
    fi
    if [ -n "$(running)" ]; then sleep 0.2 || true; fi
  done
  if [ -n "$discard" ]; then rm -rf "$dir"; else say "Logs: $dir"; fi
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fetch() { curl -s -m 5 ${ACTORSOCKETS_ADMIN_KEY:+-H "Authorization: Bearer $ACTORSOCKETS_ADMIN_KEY"} "$@" || true; }
is_ready() { [ "$(fetch -o /dev/null -w '%{http_code}' "$(admin_of "$1")/healthz/ready")" = 200 ]; }

not_ready() {
  say "Node $1 $2. The end of its log, $(log_of "$1"):" >&2
  tail -n 20 "$(log_of "$1")" >&2
  exit 1
}

introduce() {
  names[$1]=$(fetch "$(admin_of "$1")/admin/v1/nodes/self" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p')
  say "node $1   ${names[$1]:-(its id is shown with the admin key in \$ACTORSOCKETS_ADMIN_KEY)}   pid $(pid_of "$1")"
  say "  clients    ws://127.0.0.1:$((public + $1 - 1))/client/hubs/echo"
  say "  operators  $(admin_of "$1")/try"
  say "  log        $(log_of "$1")"
}

for node in $nodes; do start "$node"; done
waiting=$nodes patience=$((SECONDS + 90))
while [ -n "$waiting" ]; do
  still=''
  for node in $(running); do
    if is_over "$node"; then ending_of "$node"; not_ready "$node" "ended with exit code $ended before it was ready: $how"; fi
  done
  for node in $waiting; do
    if is_ready "$node"; then introduce "$node"; else still="$still $node"; fi
  done
  waiting=$still
  if [ -n "$waiting" ] && [ "$SECONDS" -ge "$patience" ]; then
    set -- $waiting
    not_ready "$1" "is not ready after 90 s ($(fetch "$(admin_of "$1")/healthz/ready"))"
  fi
  if [ -n "$waiting" ]; then sleep 0.25; fi
done

if [ -n "$once" ]; then exit 0; fi
set -- $nodes
say
say "Any node answers for all    curl $(admin_of "${only:-2}")/admin/v1/nodes"
say "See one lost                kill -9 $(pid_of "${!#}")     # node ${!#}; the others go on"
say "Stop, with a drain          Ctrl+C"
if [ -n "$key_file" ]; then say "Access key, for tokens      $key_file"; fi

while [ -n "$(running)" ]; do
  sleep 0.5
  for node in $(running); do
    is_over "$node" || continue
    pid=$(pid_of "$node")
    ending_of "$node"
    say
    say "Node $node (${names[node]}, pid $pid) ended with exit code $ended: $how. Its log: $(log_of "$node")"
    say "Start it again, in another terminal: $(start_again "$node")"
  done
done
say "No node of this terminal is left."
trap - EXIT
exit 1
