# SPDX-License-Identifier: Apache-2.0
"""From a changed .c file to a comparison, beside plain make and plain QEMU in a warm tree."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import labbench as lb

PAIRS = 5
FILE = "arch/arm64/mm/flush.c"
PATCH = """From 0 Mon Sep 17 00:00:00 2001
From: The roxlab project <roxlab@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: [PATCH] arm64: mm: change {number}

---
{diff}"""


def run(argv, **kwargs):
    result = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            **kwargs)
    if result.returncode != 0:
        raise SystemExit(f"{argv}:\n{result.stdout[-3000:]}")
    return result.stdout


class PlainTree:
    """What a developer has without the lab: a work tree, a build directory, make."""

    def __init__(self, directory):
        cache = pathlib.Path(os.environ["ROXLAB_CACHE"])
        self.source, self.build = directory / "src", directory / "out"
        self.build.mkdir(parents=True)
        run(["git", "-C", cache / "bases/linux-7.3.git", "worktree", "add", "-f", "-q", "--detach",
             self.source, "base"])
        fragments = self.build / "fragments"
        fragments.write_text("".join((lb.ROOT / "kernels/configs" / f"{name}.config").read_text()
                                     for name in ("lab", "modules")))
        self.make("allnoconfig", KCONFIG_ALLCONFIG=str(fragments))
        self.original = (self.source / FILE).read_text()

    def make(self, *targets, **environment):
        started = time.monotonic()
        run(["make", "-C", self.source, f"O={self.build}", "ARCH=arm64",
             "CROSS_COMPILE=aarch64-linux-gnu-", "LOCALVERSION=", f"-j{os.cpu_count()}", *targets],
            env=dict(os.environ, **environment))
        return time.monotonic() - started

    def change(self, number):
        """Changes one .c file; returns the change as a mail."""
        (self.source / FILE).write_text(
            self.original + f"\nconst int roxlab_bench_{number} = {number};\n")
        diff = run(["git", "-C", self.source, "diff", FILE])
        return PATCH.format(number=number, diff=diff) + "-- \n2.39\n"

    def close(self):
        shutil.rmtree(self.source)
        run(["git", "-C", pathlib.Path(os.environ["ROXLAB_CACHE"]) / "bases/linux-7.3.git",
             "worktree", "prune"])


def machine_runs(home):
    """Whether a QEMU works in a directory beneath the home."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (b"-kernel" in (process / "cmdline").read_bytes().split(b"\0")
                    and os.readlink(process / "cwd").startswith(str(home))):
                return True
        except OSError:  # It has ended.
            pass
    return False


def first_boot_delay(lab, mbox):
    """Seconds from submitting a known variant until its first QEMU runs; no build may happen."""
    submitted = time.time()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        run = pool.submit(lab.cli, "run", "--series", str(mbox), "--seeds", "1")
        while not machine_runs(lab.home):
            if run.done():
                raise SystemExit("no machine was seen")
        delay = time.time() - submitted
        run.result()
    state = lab.newest()
    assert state["experiment"]["builds"]["total"] == 2
    assert all(int(build["started_ms"]) < submitted * 1000 for build in state["builds"]), "built"
    return delay


def main():
    args = lb.arguments()
    home = args.out.parent / "home"
    home.mkdir(parents=True, exist_ok=True)
    ours, plain, known = [], [], []
    with lb.Lab(args.bin, home) as lab, tempfile.TemporaryDirectory() as scratch:
        lb.say("warming the lab's tree")
        lab.cli("submit", "--watch", "rox-vs-stock")
        scratch = pathlib.Path(scratch)
        tree = PlainTree(scratch / "plain")
        try:
            lb.say("clean build in the plain tree")
            clean = tree.make("Image", "modules")
            lb.say(f"clean build: {clean:.1f} s")
            for pair in range(PAIRS + 1):
                number = int(time.time() * 1000)
                mbox = home / "bench.mbox"
                mbox.write_text(tree.change(number))
                started = time.monotonic()
                lab.cli("run", "--series", str(mbox), "--seeds", "1")
                seconds = time.monotonic() - started
                state = lab.newest()
                changed = next(r for r in state["runs"] if r["variant"] == "bench")
                record = lab.json("show", changed["id"])
                directory = scratch / str(pair)
                lab.artifacts(record, directory)
                make = tree.make("Image", "modules")
                shutil.copyfile(tree.build / "arch/arm64/boot/Image", directory / "Image")
                qemu = lb.bare_qemu(record["argv"], directory)
                if pair > 0:  # The first one warms both trees up.
                    ours.append(seconds)
                    plain.append(make + qemu)
                    known.append(first_boot_delay(lab, mbox))
                lb.say(f"pair {pair} of {PAIRS}: {seconds:.1f} s, plain {make:.1f} + {qemu:.1f} s")
                shutil.rmtree(directory)
        finally:
            tree.close()
    lb.write(args.out, [
        lb.ratio("one .c file changed: submit to comparison", "s", ours,
                 "plain make and QEMU", plain),
        lb.ratio("clean build", "s", [clean] * len(ours), "submit to comparison", ours),
        lb.ratio("known variant: submit to first boot", "s", known, "limit", [0.5] * len(known)),
    ])


if __name__ == "__main__":
    main()
