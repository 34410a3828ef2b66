// SPDX-License-Identifier: Apache-2.0
//
// The lab as people have it: the built binaries on the home that all end-to-end tests share, so that
// a kernel is built once.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests are run by ctest`);
  return value;
};

export const SOURCE = need("ROXLAB_SOURCE_DIR");
const BIN = need("ROXLAB_BIN_DIR");
export const SCREENSHOTS = need("ROXLAB_SCREENSHOTS");
const HOMES = process.env["ROXLAB_HOME"] ?? path.join(SOURCE, ".roxlab");

/** Long enough for a kernel that is built from nothing. */
export const MINUTES = 60_000;

/** Waits until `condition` gives something, and gives that; fails with `what` after `limit` ms. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  limit = MINUTES,
): Promise<NonNullable<T>> {
  for (const end = Date.now() + limit; ;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${limit / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One that signs itself, for 127.0.0.1. */
function makeCertificate(certificate: string, key: string): void {
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost " +
    "-addext subjectAltName=DNS:localhost,IP:127.0.0.1";
  execFileSync("openssl", [...words.split(" "), "-out", certificate, "-keyout", key], { stdio: "pipe" });
}

export class LabProcess {
  #server: ChildProcess | undefined;
  #runner: ChildProcess | undefined;
  #http = "127.0.0.1:0";
  readonly #home: string;
  readonly #tls: boolean;

  /** Without TLS on the home of all tests; with it, which is with tokens, on an empty one of its own. */
  constructor({ tls = false } = {}) {
    this.#tls = tls;
    this.#home = path.join(HOMES, tls ? "e2e-web-tls" : "e2e");
    if (tls) fs.rmSync(this.#home, { recursive: true, force: true });
    fs.mkdirSync(this.#home, { recursive: true });
    this.environment["ROXLAB_HOME"] = this.#home;
    if (!tls) return;
    makeCertificate(this.#certificate, this.#key);
    this.environment["ROXLAB_TLS_CA"] = this.#certificate;
  }

  readonly environment: NodeJS.ProcessEnv = {
    ...process.env,
    ROXLAB_CACHE:
      process.env["ROXLAB_CACHE"] ??
      path.join(process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"), "roxlab"),
    ROXLAB_KERNELS: path.join(SOURCE, "kernels"),
    ROXLAB_WEB: need("ROXLAB_WEB"),
  };

  get #certificate(): string {
    return path.join(this.#home, "certificate.pem");
  }
  get #key(): string {
    return path.join(this.#home, "key.pem");
  }

  /** "http://127.0.0.1:PORT"; stays the same when the server is started again. */
  get url(): string {
    return `${this.#tls ? "https" : "http"}://${this.#http}`;
  }

  /** The token that a server with TLS makes for itself. */
  get adminToken(): string {
    return fs.readFileSync(path.join(this.#home, "admin.token"), "utf8").trim();
  }

  /** Makes a token for somebody. */
  async addToken(name: string, role: string): Promise<string> {
    return (await this.cli("token", "add", name, "--role", role)).trim();
  }

  async start(): Promise<void> {
    await this.startServer();
    this.#runner = this.#spawn("roxlab-runner", []);
    await until("the runner to be online", async () => (await this.cli("runners")).includes(" online "));
  }

  async startServer(): Promise<void> {
    const files = ["server.address", "server.http"].map((name) => path.join(this.#home, name));
    for (const file of files) fs.rmSync(file, { force: true });
    const tls = this.#tls ? ["--tls-certificate", this.#certificate, "--tls-key", this.#key] : [];
    this.#server = this.#spawn("roxlabd", ["--listen", "127.0.0.1:0", "--http", this.#http, ...tls]);
    const server = this.#server;
    await until("the server to come up", () => {
      if (server.exitCode !== null) throw new Error(`the server did not start; see ${this.#home}/web-roxlabd.log`);
      return files.every((file) => fs.existsSync(file));
    });
    this.#http = fs.readFileSync(files[1]!, "utf8").trim();
  }

  async stopServer(): Promise<void> {
    await this.#end(this.#server);
    this.#server = undefined;
  }

  async stopRunner(): Promise<void> {
    await this.#end(this.#runner);
    this.#runner = undefined;
  }

  startRunner(): void {
    this.#runner = this.#spawn("roxlab-runner", []);
  }

  async stop(): Promise<void> {
    await this.stopRunner();
    await this.stopServer();
  }

  /** What `roxlab WORDS...` prints; fails when it fails. */
  cli(...words: string[]): Promise<string> {
    return this.cliAs("", ...words);
  }

  /** The same with a token. */
  async cliAs(token: string, ...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(path.join(BIN, "roxlab"), words, {
      env: token ? { ...this.environment, ROXLAB_TOKEN: token } : this.environment,
      maxBuffer: 64 << 20,
    });
    return stdout;
  }

  async json(...words: string[]): Promise<any> {
    return JSON.parse(await this.cli(...words, "--json"));
  }

  /** Hands an experiment in; its id. */
  async submit(yaml: string, token = ""): Promise<string> {
    const file = path.join(this.#home, "web-experiment.yaml");
    fs.writeFileSync(file, yaml);
    return (await this.cliAs(token, "submit", file)).trim().split("\n").at(-1)!;
  }

  /** Waits for an experiment's end. */
  async ended(id: string): Promise<any> {
    return until(
      `the end of ${id}`,
      async () => {
        const state = await this.json("show", id);
        return state.experiment.state === "DONE" && state;
      },
      50 * MINUTES,
    );
  }

  #experiment: Promise<any> | undefined;
  /** Stock and the ROX cache under the workload modules, two seeds; done. */
  experiment(): Promise<any> {
    this.#experiment ??= this.submit(
      "name: web-pair\ntitle: what the pages show\nvariants: [stock, rox-cache]\nbaseline: stock\n" +
        "machines: qemu-bbml3\nworkloads: modules\nseeds: 1-2\nexpect:\n" +
        "  - {variant: rox-cache, metric: linear.l3_entries_noncont, phase: loaded, relation: below, evidence: interval}\n",
    ).then((id) => this.ended(id));
    return this.#experiment;
  }

  /** Where the server keeps the log of a run's only attempt. */
  logFile(run: string): string {
    const logs = path.join(this.#home, "logs");
    const names = fs.readdirSync(logs, { recursive: true }) as string[];
    const name = names.find((one) => path.basename(one).startsWith(`${run}.`));
    if (!name) throw new Error(`no log of ${run} in ${logs}`);
    return path.join(logs, name);
  }

  #spawn(name: string, options: string[]): ChildProcess {
    const log = fs.openSync(path.join(this.#home, `web-${name}.log`), "a");
    const child = spawn(path.join(BIN, name), options, { env: this.environment, stdio: ["ignore", "ignore", log] });
    fs.closeSync(log);
    return child;
  }

  async #end(child: ChildProcess | undefined): Promise<void> {
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
}
