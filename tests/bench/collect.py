# SPDX-License-Identifier: Apache-2.0
"""How fast snapshots are read: beside copying the same bytes, and beside runs that read them once."""

import json
import subprocess
import time

import labbench as lb

PAIRS = 7
SEEDS = 30


def parsing(args):
    output = subprocess.run([args.bin / "collect_bench", "--benchmark_format=json",
                             "--benchmark_repetitions=5"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    runs = {}
    for run in json.loads(output)["benchmarks"]:
        if run["run_type"] == "iteration":
            runs.setdefault(run["run_name"], []).append(run)

    def column(name, key, scale):
        return [run[key] * scale for run in runs[name]]

    parse = column("BM_ParsePtdump", "bytes_per_second", 1e-6)
    return [
        lb.ratio("parsing a dump", "MB/s", parse, "floor asked for", [300.0] * len(parse)),
        lb.ratio("parsing a dump", "ms", column("BM_ParsePtdump", "real_time", 1),
                 "copying its bytes", column("BM_CopySameBytes", "real_time", 1)),
        lb.ratio("walking 1 GiB in pages", "ms", column("BM_WalkPages", "real_time", 1),
                 "copying its tables", column("BM_CopySameTables", "real_time", 1)),
    ]


def running(args):
    home = args.out.parent
    both, once = [], []
    with lb.Lab(args.bin, home / "home") as two, \
         lb.Lab(args.bin, home / "home-once", ROXLAB_OUTSIDE_WALK="false") as one:
        for pair in range(PAIRS + 1):
            runs = [(both, two.run_once("stock", pair + 1)), (once, one.run_once("stock", pair + 1))]
            for seconds, run in runs if pair > 0 else []:  # The first one warms everything up.
                seconds.append(lb.run_seconds(run))
            lb.say(f"pair {pair} of {PAIRS}")
        two.experiment("[stock, rox-cache]", 1)
        lb.say(f"{SEEDS} seeds of two variants")
        started = time.monotonic()
        two.experiment("[stock, rox-cache]", f"101-{100 + SEEDS}")
        seconds = time.monotonic() - started
    return [
        lb.ratio("a run with both readings of its snapshots", "s", both, "with the dump alone", once),
        lb.ratio(f"{SEEDS} seeds of two variants", "s", [seconds], "limit", [90.0]),
    ]


def main():
    args = lb.arguments()
    lb.write(args.out, parsing(args) + running(args))


if __name__ == "__main__":
    main()
