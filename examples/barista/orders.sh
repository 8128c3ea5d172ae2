#!/usr/bin/env bash
# Makes the spoken orders that the coffee machine's network learns from; `orders.sh --help` tells the options.
# `orders.sh trial DIR --network FILE.onnx` tells how many of them a network understands.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(cd "$here/../.." && pwd)
stamp=$home/examples/target/orders.built
classes=$home/examples/target/classes:$home/examples/target/dependency/*

fail() {
  echo "orders.sh: $1" >&2
  exit 1
}

if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=$(command -v java || true); fi
[ -x "$java" ] || fail "no java found (expected: a JDK 17 or newer on PATH or in JAVA_HOME)"

program=SpokenOrders
if [ "${1:-}" = trial ]; then
  program=OrdersTrial
  shift
elif [ -t 2 ]; then
  set -- "$@" --progress
fi

stale() {
  [ -f "$stamp" ] || return 0
  local module
  for module in examples items wire engine errors device; do
    [ -z "$(find "$home/$module/pom.xml" "$home/$module/src/main" -newer "$stamp" -print -quit 2>/dev/null)" ] || return 0
  done
  return 1
}

if stale; then
  command -v mvn >/dev/null || fail "mvn not found (expected: Apache Maven 3.6.3 or newer on PATH)"
  echo "orders.sh: building ..." >&2
  log=$home/target/orders-build.log
  mkdir -p "$home/target"
  (cd "$home" && mvn -B -Dquickly -DskipTests -pl examples -am package dependency:copy-dependencies \
    -DincludeScope=runtime -Dmdep.overWriteSnapshots=true) >"$log" 2>&1 \
    || { tail -n 30 "$log" >&2; fail "the build failed; its log is $log"; }
  touch "$stamp"
fi

exec "$java" -XX:+UseSerialGC -cp "$classes" "dev.narrows.examples.orders.$program" "$@"
