#!/bin/sh
# Compiles the load generator to bin/wsload. Needs a C compiler: on Debian the packages gcc and libc6-dev.
set -eu
cd "$(dirname "$0")"
mkdir -p bin
exec "${CC:-cc}" -std=gnu17 -O2 -Wall -Wextra -Wshadow -o bin/wsload wsload.c transport.c report.c modes.c hold.c drain.c
