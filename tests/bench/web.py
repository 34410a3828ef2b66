# SPDX-License-Identifier: Apache-2.0
"""What the dashboard costs with 100,000 runs in the database, beside the limits it is to keep."""

import json
import shutil
import sqlite3
import subprocess

import labbench as lb

RUNS = 100_000
ROUNDS = 7
VIEWERS_CORE = 0.05
EXPERIMENT = """name: bench
variants: [stock, rox-cache]
baseline: stock
machines: {machines}
workloads: modules
seeds: {seeds}
"""
# Waits for a runner that does not come.
EVENT = "name: event\nvariants: stock\nmachines: qemu-bbml3\nworkloads: boot\nseeds: 1\n"
# Tables that an experiment's record is in, with their columns that are keys of these tables.
KEYS = {"experiments": ["seq"], "variants": ["seq", "experiment"],
        "runs": ["seq", "experiment", "variant"], "run_artifacts": ["run"],
        "snapshots": ["seq", "run"], "metrics": ["snapshot"]}
# Which key is of which table.
OWNER = {"experiment": "experiments", "variant": "variants", "run": "runs", "snapshot": "snapshots"}


def real_runs(binaries, home):
    """A home with a few real runs; one of them on a machine with 4 GiB. Its id."""
    with lb.Lab(binaries, home) as lab:
        (home / "event.yaml").write_text(EVENT)
        for name, machines, seeds in (("small", "qemu-bbml3", "1-8"), ("large", "qemu-bbml3-4g", "1")):
            path = home / f"{name}.yaml"
            path.write_text(EXPERIMENT.format(machines=machines, seeds=seeds))
            lab.cli("submit", "--watch", str(path))
        return next(run["id"] for run in lab.newest()["runs"] if run["variant"] == "stock")


def multiply(path, runs):
    """Copies what is in the database, whole experiments with all that belongs to them, until there
    are at least so many runs."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("PRAGMA synchronous = OFF")
    have, = database.execute("SELECT count(*) FROM runs").fetchone()
    copies = max(0, -(-(runs - have) // have))
    stride = {table: 1 + database.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchone()[0]
              for table in set(OWNER.values())}
    database.execute("BEGIN")
    database.execute("CREATE TEMP TABLE copy AS WITH RECURSIVE n(i) AS "
                     "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n", (copies,))
    for table, keys in KEYS.items():
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        values = []
        for column in columns:
            if column in keys:
                step = stride[table if column == "seq" else OWNER[column]]
                values.append(f"t.{column} + copy.i * {step}")
            elif table == "experiments" and column == "id":
                values.append("lower(hex(randomblob(6)))")
            elif table == "experiments" and column == "request_id":
                values.append("NULL")
            else:
                values.append(f"t.{column}")
        # The cross join keeps each copy's rows together, as real ones came.
        database.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
                         f"FROM copy CROSS JOIN {table} t")
    database.execute("COMMIT")
    database.execute("ANALYZE")
    total, = database.execute("SELECT count(*) FROM runs").fetchone()
    database.close()
    return total


def measure(lab, run):
    """What the browser part says."""
    node = shutil.which("node")
    modules = str(lb.ROOT / "web" / "node_modules")
    url = "http://" + (lab.home / "server.http").read_text().strip()
    server = lab.processes[0].pid
    argv = [node, lb.ROOT / "build" / "web-tests" / "bench" / "web.bench.cjs", url,
            lab.binaries / "roxlab", lab.home, run, str(server), str(ROUNDS)]
    return json.loads(subprocess.run(argv, env=dict(lab.env, NODE_PATH=modules), text=True, check=True,
                                     stdout=subprocess.PIPE).stdout)


def limit(name, unit, values, most):
    return lb.ratio(name, unit, values, "limit", [most] * len(values))


def main():
    args = lb.arguments()
    home = args.out.parent / "web"
    shutil.rmtree(home, ignore_errors=True)
    run = real_runs(args.bin, home)
    lb.say(f"multiplying the runs to {RUNS}")
    total = multiply(home / "lab.db", RUNS)
    size = (home / "lab.db").stat().st_size
    lb.say(f"{total} runs, {size / 2**20:.0f} MiB")
    with lb.Lab(args.bin, home, http="127.0.0.1:0", runner=False) as lab:
        seen = measure(lab, run)
    shutil.rmtree(home, ignore_errors=True)
    lb.write(args.out, [
        limit(f"first view of the list, {total} runs", "s", seen["first_view_s"], 1.0),
        limit("scripts of the first view, compressed", "KB", [seen["script_bytes"] / 1000], 100.0),
        limit("a map of 4 GiB, drawn", "s", seen["draw_s"], 0.1),
        limit("a new experiment on the screen", "s", seen["event_s"], 1.0),
        limit("200 idle viewers, of a core", "share", [seen["idle_share"]], VIEWERS_CORE),
    ])


if __name__ == "__main__":
    main()
