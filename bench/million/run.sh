#!/bin/sh
# Holds a million managed connections on this machine, both ends, and puts the kernel's settings back whatever happens.
#
#   bench/million/run.sh                        a million for five minutes; writes bench/results and docs/performance.md
#   bench/million/run.sh --connections 50000    a twentieth of it; all options of the harness' run "hold" work
#   bench/million/run.sh --restore              only puts settings back, after a run that was killed
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"

if [ "${1:-}" = --restore ]; then
  restore
  exit
fi

connections=1000000
previous=
for argument in "$@"; do
  [ "$previous" = --connections ] && connections=$argument
  [ "$argument" = -- ] && break
  previous=$argument
done
case " $* " in *" --connections "*) ;; *) set -- --connections "$connections" "$@" ;; esac
# 19,000 connections live in about 160 MB of heap; told so, the collector keeps fifty processes compact.
case " $* " in *" --heap-limit "*) ;; *) set -- --heap-limit 200 "$@" ;; esac

if [ "$(id -u)" != 0 ]; then
  echo "kernel settings can be changed by root only: run as root, or run the harness itself with the settings as they are" >&2
  exit 2
fi

child=
stop() {
  trap - INT TERM HUP
  [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true
  [ -z "$child" ] || wait "$child" || true
  exit "$1"
}
restore # what an earlier run may have left
trap restore EXIT
trap 'stop 130' INT
trap 'stop 143' TERM HUP

prepare "$connections"
dotnet build "$here/../Harness" -c Release -v q -nologo
# In the background, because a shell that waits for a command in the foreground hears no signal.
dotnet "$here/../Harness/bin/Release/net10.0/ActorSockets.Bench.Harness.dll" hold "$@" &
child=$!
code=0
wait "$child" || code=$?
exit "$code"
