# SPDX-License-Identifier: Apache-2.0
"""What a run on a board costs beside the same steps by hand, in turn, on the stand-in for a board.

By hand: kexec of the same kernel, the same probe with the same script, results fetched, reboot; with
OpenSSH, nothing checked and nothing kept. Both from a resident kernel that is up to one that is.
"""

import datetime
import pathlib
import re
import socket
import subprocess
import sys
import time

import labbench as lb

PAIRS = 5
STANDIN = lb.ROOT / "tests" / "standin"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Board:
    """A stand-in that is on, and a shell on it."""

    def __init__(self, directory):
        self.directory = directory
        subprocess.run([STANDIN / "power", directory, "off"], stderr=subprocess.DEVNULL)
        subprocess.run([STANDIN / "make", directory], check=True)
        self.ssh_port, self.serial_port = free_port(), free_port()
        (directory / "settings").write_text(f"ssh_port={self.ssh_port}\n")
        (directory / "known_hosts").write_text(
            "* " + (directory / "host_key.pub").read_text())

    def __enter__(self):
        self.serial = subprocess.Popen(
            [STANDIN / "serial", str(self.serial_port), self.directory / "uart"])
        subprocess.run([STANDIN / "power", self.directory, "on"], check=True)
        self.until("true")
        return self

    def __exit__(self, *_):
        subprocess.run([STANDIN / "power", self.directory, "off"])
        self.serial.terminate()
        self.serial.wait()

    def ssh(self, line, check=True, connect=20, **more):
        return subprocess.run(
            ["ssh", "-F", "none", "-i", self.directory / "id_ed25519", "-p", str(self.ssh_port),
             "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={connect}",
             "-o", "LogLevel=ERROR", "-o", f"UserKnownHostsFile={self.directory}/known_hosts",
             "root@127.0.0.1", line], check=check, stdout=subprocess.PIPE, **more).stdout

    def until(self, line):
        limit = time.monotonic() + 180
        while time.monotonic() < limit:
            said = self.ssh(f"{line} && echo yes", check=False, connect=2,
                            stderr=subprocess.DEVNULL)
            if said.endswith(b"yes\n"):
                return
            time.sleep(0.1)
        sys.exit(f"the board never comes to: {line}")

    def boot_id(self):
        return self.ssh("cat /proc/sys/kernel/random/boot_id").decode().strip()

    def register(self, boards):
        boards.mkdir(parents=True, exist_ok=True)
        power = ", ".join(f"{what}: [\"{STANDIN}/power\", \"{self.directory}\", {what}]"
                          for what in ("on", "off", "cycle"))
        (boards / "standin.yaml").write_text(
            f"name: standin\ntags: [arch=arm64]\nhost: 127.0.0.1\nport: {self.ssh_port}\n"
            f"key: \"{self.directory}/id_ed25519\"\nboot: {{kexec: {{}}}}\n"
            f"power: {{commands: {{{power}}}}}\n"
            f"serial: {{tcp: {{host: 127.0.0.1, port: {self.serial_port}}}}}\n"
            "cmdline: root=/dev/vda1 rw console=ttyAMA0 rodata=on\nconfigs: [board-virt]\n")
        (boards / "standin.hostkey").write_text((self.directory / "host_key.pub").read_text())

    def by_hand(self, cmdline, scratch):
        """Seconds that the run's steps take without roxlab; the files of an earlier run are there."""
        started = time.monotonic()
        before = self.boot_id()
        self.ssh(f"kexec -l /root/bench/Image --command-line='{cmdline}'")
        self.ssh("sync; (sleep 1; exec kexec -e) </dev/null >/dev/null 2>&1 &")
        differs = "[ $(cat /proc/sys/kernel/random/boot_id) != %s ]"
        self.until(differs % before)
        test = self.boot_id()
        self.ssh("mkdir -p /root/world && mount -t tmpfs none /root/world && "
                 "/root/bench/probe /root/world /root/bench/modules.cpio /root/bench/script")
        (scratch / "results").write_bytes(self.ssh("cat /root/world/roxlab/results"))
        self.ssh("sync; (sleep 1; exec reboot) </dev/null >/dev/null 2>&1 &")
        self.until(differs % test)
        return time.monotonic() - started


def await_ready(lab):
    while not any(b["state"] == "BOARD_READY" for b in lab.json("boards").get("boards", [])):
        time.sleep(0.1)


def run(lab):
    """A run of the stock kernel on the board; its record."""
    await_ready(lab)
    path = lab.home / "board.yaml"
    path.write_text("name: bench\nvariants: stock\nmachines: standin\nworkloads: modules\n"
                    "seeds: 1\n")
    lab.cli("submit", "--watch", str(path))
    record = lab.json("show", lab.newest()["runs"][0]["id"])
    await_ready(lab)
    return record


def seconds_of(record, log):
    """From the start of the run to the board being ready again, by the runner's log."""
    at = None
    for line in log.read_text().splitlines():
        if f"job {record['id']}." in line and line.endswith(": started"):
            at = line
        elif at and line.endswith("board standin: BOARD_READY"):
            stamps = [datetime.datetime.fromisoformat(l.split()[0]) for l in (at, line)]
            return (stamps[1] - stamps[0]).total_seconds()
    sys.exit(f"{log} does not tell of run {record['id']}")


def main():
    args = lb.arguments()
    home = args.out.parent / "board"
    ours, bare, transfers = [], [], []
    with Board(home / "standin") as board:
        board.register(home / "boards.d")
        with lb.Lab(args.bin, home) as lab:
            log = home / "roxlab-runner.log"
            first = run(lab)
            if first["verdict"] != "PASS":
                sys.exit(f"the board's first run: {first}")
            # What that run had on the board, for the steps by hand.
            board.ssh("mkdir -p /root/bench && cp /var/lib/roxlab/script /root/bench/")
            build = lab.json("show", first["build"])
            lab.artifacts(build, home / "build")
            names = {"Image": home / "build" / "Image",
                     "modules.cpio": home / "build" / "modules.cpio",
                     "probe": args.bin / "roxlab-board-probe"}
            for name, file in names.items():
                board.ssh(f"cat >/root/bench/{name}", input=file.read_bytes())
            board.ssh("chmod +x /root/bench/probe && sync")
            for pair in range(PAIRS):
                record = run(lab)
                ours.append(seconds_of(record, log))
                said = lab.cli("log", record["id"])
                transfers.append(float(re.search(r"transferred 0 of .* in ([0-9.]+) s", said)[1]))
                bare.append(board.by_hand(first["argv"][-1], home))
                lb.say(f"pair {pair + 1} of {PAIRS}: {ours[-1]:.1f} s, {bare[-1]:.1f} s")
    lb.write(args.out, [
        lb.ratio("run on a board: resident kernel to resident kernel", "s", ours, "by hand", bare),
        lb.ratio("transfer of an unchanged build", "s", transfers, "limit", [1.0] * PAIRS),
    ])


if __name__ == "__main__":
    main()
