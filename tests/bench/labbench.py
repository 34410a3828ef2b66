# SPDX-License-Identifier: Apache-2.0
"""What the benches share: a lab of their own, timing in pairs, the result file."""

import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description="called by ./lab bench")
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    return parser.parse_args()


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


class Lab:
    """Server and runner on a home of the bench's own and the caches that ./lab uses."""

    def __init__(self, binaries, home, http="off", runner=True, **settings):
        """`http`: where the dashboard is; `settings`: environment names of settings, in addition."""
        self.binaries, self.home, self.http, self.with_runner = binaries, home, http, runner
        home.mkdir(parents=True, exist_ok=True)
        self.env = dict(os.environ, ROXLAB_HOME=str(home), **settings)
        self.env.setdefault("ROXLAB_KERNELS", str(ROOT / "kernels"))
        self.env.setdefault("ROXLAB_WEB", str(ROOT / "build" / "web"))
        self.processes = []

    def __enter__(self):
        address = self.home / "server.address"
        address.unlink(missing_ok=True)
        server = self._start("roxlabd", "--listen", "127.0.0.1:0", "--http", self.http)
        while not address.exists():
            if server.poll() is not None:
                sys.exit(f"the server did not start; see {self.home}/roxlabd.log")
            time.sleep(0.02)
        if self.with_runner:
            self._start("roxlab-runner")
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait()

    def _start(self, name, *options):
        log = open(self.home / f"{name}.log", "a")
        process = subprocess.Popen([self.binaries / name, *options], env=self.env, stderr=log)
        self.processes.append(process)
        return process

    def cli(self, *words, check=True):
        result = subprocess.run([self.binaries / "roxlab", *words], env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check and result.returncode != 0:
            sys.exit(f"roxlab {' '.join(words)}: {result.returncode}\n{result.stdout}{result.stderr}")
        return result.stdout

    def json(self, *words):
        return json.loads(self.cli(*words, "--json"))

    def newest(self):
        return self.json("show", self.json("show")["experiments"][0]["id"])

    def experiment(self, variants, seeds):
        """Does these on qemu-bbml3 with the workload modules; the experiment's state at its end."""
        path = self.home / "bench.yaml"
        path.write_text(f"name: bench\nvariants: {variants}\nmachines: qemu-bbml3\n"
                        f"workloads: modules\nseeds: {seeds}\n")
        self.cli("submit", "--watch", str(path))
        return self.newest()

    def run_once(self, variant, seed):
        """The record of one run."""
        return self.json("show", self.experiment(variant, seed)["runs"][0]["id"])

    def peak_mib(self):
        """The most memory that server and runner have held together, MiB."""
        total = 0
        for process in self.processes:
            for line in open(f"/proc/{process.pid}/status"):
                if line.startswith("VmHWM:"):
                    total += int(line.split()[1])
        return total / 1024

    def artifacts(self, thing, into):
        """Puts the artifacts of a run or build into a directory under their names."""
        into.mkdir(parents=True, exist_ok=True)
        store = self.home / "runner" / "agent" / "artifacts"
        for artifact in thing["artifacts"]:
            shutil.copyfile(store / artifact["sha256"], into / artifact["name"])


def run_seconds(run):
    return (int(run["finished_ms"]) - int(run["started_ms"])) / 1000


def bare_qemu(argv, directory):
    """Seconds that the recorded command takes by itself in a directory with its files."""
    started = time.monotonic()
    subprocess.run(argv, cwd=directory, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def ratio(name, unit, values, against, against_values):
    """One line of the result file: medians, and the median of the pairs' ratios."""
    pairs = [a / b for a, b in zip(values, against_values)]
    return {"name": name, "unit": unit, "value": round(statistics.median(values), 3),
            "against": against, "against_value": round(statistics.median(against_values), 3),
            "ratio": round(statistics.median(pairs), 3)}


def write(path, rows):
    path.write_text(json.dumps(rows, indent=2) + "\n")
    for row in rows:
        print(f"{row['name']}: {row['value']} {row['unit']}, {row['against']} "
              f"{row['against_value']}: ratio {row['ratio']}")
