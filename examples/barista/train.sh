#!/usr/bin/env bash
# Trains the coffee machine's network from nothing to a bundle; `train.sh --help` tells what can be chosen.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
narrows=$here/../../narrows

fail() {
  echo "train.sh: $1" >&2
  exit 1
}

usage() {
  cat <<'TEXT'
Usage: train.sh ORDERS OUTPUT [--epochs N] [--narrow-epochs N] [--bytes N] [--seed N]

Trains the network of the coffee machine on spoken orders, puts a bottleneck into it, and packs a bundle.

  ORDERS           data that orders.sh made; made now if the directory does not exist
  OUTPUT           the directory for network, bottleneck and bundle
  --epochs         of the network (default: 14)
  --narrow-epochs  of the bottleneck with the network (default: 13)
  --bytes          of an order's code (default: 105)
  --seed           of all chance (default: 1)

An interrupted run goes on where it was when the same command is given again.
TEXT
}

epochs=14
narrow_epochs=13
bytes=105
seed=1
places=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --epochs | --narrow-epochs | --bytes | --seed)
      [ $# -gt 1 ] || fail "$1: no value (expected: a number)"
      case $2 in '' | *[!0-9]*) fail "$1: $2 (expected: a number)" ;; esac
      name=${1#--}
      printf -v "${name//-/_}" '%s' "$2"
      shift 2
      ;;
    -*) fail "$1: no such option (expected: one that --help tells)" ;;
    *) places+=("$1"); shift ;;
  esac
done
[ ${#places[@]} -eq 2 ] || { usage >&2; exit 2; }
orders=${places[0]}
output=${places[1]}

[ -d "$orders" ] || "$here/orders.sh" "$orders" --seed "$seed"
data=(--data "$orders/train" --held-from "$orders/validation" --test "$orders/test-noisy" --seconds 2
  --batch 64 --seed "$seed" --workers 1)
# Twice as fast on a processor that has it, slower on any other.
if grep -q -w -e avx512_bf16 -e amx_bf16 /proc/cpuinfo 2>/dev/null; then data+=(--bfloat16); fi

"$narrows" train fit --network resnet:depth=20,width=0.75,window=16,mels=60,output=probabilities "${data[@]}" --epochs "$epochs" \
  --augment 'shift:150,speed:0.08@0.5,reverb:0.3@0.2,gain:6,noise:3-30@0.9,specaugment:0.08@0.3' \
  --optimizer adamw:rate=0.006,decay=0.03 --loss cross-entropy:smoothing=0.05 --ema 0.998 -o "$output/network"

# The network's own answers to orders mixed and disturbed more than the network itself learned from: they are right there too.
"$narrows" train bottleneck "$output/network/model.onnx" --cut block3 --bytes "$bytes" "${data[@]}" \
  --augment 'shift:150,speed:0.12@0.7,reverb:0.3@0.3,gain:6,noise:3-30@0.9,specaugment:0.08@0.3' --mix-up 0.3 --teacher-weight 1 \
  --encoder-channels 12,24 --code-channels 24 --levels 4 --kernel 3 --code-stride 8 --decoder-channels 96 --feature-weight 0.02 --trained-rate 0.3 \
  --alone 1 --epochs "$narrow_epochs" --optimizer adamw:rate=0.003,decay=0.02 --ema 0.998 --clip 5 -o "$output/narrow"

"$narrows" pack "$output/narrow/model.onnx" --at bottleneck.code --codecs bottleneck --name barista \
  --labels "$output/narrow/labels.txt" --preprocess audio --rate 16000 --seconds 2 \
  --calibrate "$orders/validation" --verify "$orders/test-noisy" -o "$output/barista.narrows"
