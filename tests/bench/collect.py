# SPDX-License-Identifier: Apache-2.0
"""How fast snapshots are read, beside copying the same bytes."""

import json
import subprocess

import labbench as lb


def main():
    args = lb.arguments()
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
    lb.write(args.out, [
        lb.ratio("parsing a dump", "MB/s", parse, "floor asked for", [300.0] * len(parse)),
        lb.ratio("parsing a dump", "ms", column("BM_ParsePtdump", "real_time", 1),
                 "copying its bytes", column("BM_CopySameBytes", "real_time", 1)),
        lb.ratio("walking 1 GiB in pages", "ms", column("BM_WalkPages", "real_time", 1),
                 "copying its tables", column("BM_CopySameTables", "real_time", 1)),
    ])


if __name__ == "__main__":
    main()
