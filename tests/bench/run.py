# SPDX-License-Identifier: Apache-2.0
"""What a run costs beside the bare QEMU process that does the same work, in turn."""

import tempfile
import pathlib

import labbench as lb

PAIRS = 7


def main():
    args = lb.arguments()
    home = args.out.parent / "home"
    ours, bare = [], []
    with lb.Lab(args.bin, home) as lab, tempfile.TemporaryDirectory() as scratch:
        for pair in range(PAIRS + 1):
            run = lab.run_once("stock", pair + 1)
            directory = pathlib.Path(scratch) / str(pair)
            lab.artifacts(run, directory)
            lab.artifacts(lab.json("show", run["build"]), directory)
            seconds = lb.bare_qemu(run["argv"], directory)
            if pair > 0:  # The first one warms everything up.
                ours.append(lb.run_seconds(run))
                bare.append(seconds)
            lb.say(f"pair {pair} of {PAIRS}")
        memory = lab.peak_mib()
    lb.write(args.out, [
        lb.ratio("run: start to finish", "s", ours, "bare QEMU", bare),
        lb.ratio("server and runner: peak memory", "MiB", [memory], "limit", [150.0]),
    ])


if __name__ == "__main__":
    main()
