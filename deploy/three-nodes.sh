#!/usr/bin/env bash
# Three nodes of one cluster on this machine, over loopback. Ctrl+C drains and stops them all.
#
#   deploy/three-nodes.sh [settings of all nodes, as --ActorSockets:Drain:Deadline=00:00:10]
#
# PUBLIC, ADMIN and CLUSTER move the ports: the second node has each plus 1, the third plus 2.
set -euo pipefail
cd "$(dirname "$0")/../src/Gateway"
public=${PUBLIC:-8080} admin=${ADMIN:-9090} cluster=${CLUSTER:-4053} count=3

dotnet build -c Release -nologo -v q
dll="bin/Release/net10.0/ActorSockets.Gateway.dll"
work=$(mktemp -d)
nodes=()

stop() {
  trap - EXIT INT TERM
  for node in "${nodes[@]}"; do kill -TERM "$node" 2>/dev/null || true; done
  for node in "${nodes[@]}"; do wait "$node" || true; done
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

seeds=()
for ((i = 0; i < count; i++)); do seeds+=("--ActorSockets:Cluster:SeedNodes:$i=127.0.0.1:$((cluster + i))"); done

for ((i = 0; i < count; i++)); do
  # Of a group of its own, so that Ctrl+C reaches this script alone, which then stops each in order.
  setsid dotnet "$dll" \
    "--Kestrel:Endpoints:Public:Url=http://127.0.0.1:$((public + i))" "--Kestrel:Endpoints:Admin:Url=http://127.0.0.1:$((admin + i))" \
    "--ActorSockets:Cluster:Enabled=true" "--ActorSockets:Cluster:Port=$((cluster + i))" "${seeds[@]}" \
    "--ActorSockets:State:Path=$work/state-$i" "$@" >"$work/node-$i.log" 2>&1 &
  nodes+=($!)
done

ready() { curl -fs -o /dev/null "http://127.0.0.1:$1/healthz/ready"; }
for ((i = 0; i < count; i++)); do
  for ((tries = 0; ; tries++)); do
    ready $((admin + i)) && break
    if ! kill -0 "${nodes[i]}" 2>/dev/null || ((tries > 240)); then
      echo "node $i did not become ready:" >&2
      tail -n 20 "$work/node-$i.log" >&2
      exit 1
    fi
    sleep 0.25
  done
  echo "node $i ready   public http://127.0.0.1:$((public + i))   admin http://127.0.0.1:$((admin + i))/try   log $work/node-$i.log"
done

echo "any of them answers for all:  curl http://127.0.0.1:$admin/admin/v1/nodes"
if [ -n "${ONCE:-}" ]; then exit 0; fi
wait -n || true
echo "a node ended; stopping the others" >&2
