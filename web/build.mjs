// SPDX-License-Identifier: Apache-2.0
//
// Builds the dashboard: `node build.mjs OUT PROTOC`. OUT gets index.html and assets/NAME.HASH.js
// and .css, each with a .gz beside it; the client's code is generated from ../proto into gen/.
// With "tests" as third word it bundles the tests into OUT instead, for node to run.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const [out, protoc = "protoc", what = "page"] = process.argv.slice(2);
if (!out) throw new Error("usage: node build.mjs OUT [PROTOC [tests]]");

/** What esbuild is told for everything. */
const common = { bundle: true, target: "es2022", jsx: "automatic", jsxImportSource: "preact", logLevel: "warning" };

function generateClient() {
  const gen = path.join(here, "gen");
  fs.mkdirSync(gen, { recursive: true });
  const files = ["lab", "auth", "record", "catalog", "attribution"].map((name) => `roxlab/v1/${name}.proto`);
  execFileSync(
    protoc,
    [
      `--proto_path=${path.join(here, "../proto")}`,
      `--plugin=protoc-gen-es=${path.join(here, "node_modules/.bin/protoc-gen-es")}`,
      `--es_out=${gen}`,
      "--es_opt=target=ts",
      ...files,
    ],
    { stdio: "inherit" },
  );
}

async function buildPage() {
  const assets = path.join(out, "assets");
  fs.rmSync(assets, { recursive: true, force: true });
  const result = await esbuild.build({
    ...common,
    entryPoints: { main: path.join(here, "src/main.tsx") },
    outdir: assets,
    format: "esm",
    splitting: true,
    minify: true,
    metafile: true,
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  let html = fs.readFileSync(path.join(here, "index.html"), "utf8");
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    const name = path.basename(file);
    if (output.entryPoint?.endsWith("src/main.tsx")) {
      html = html.replace("/assets/main.js", `/assets/${name}`);
      html = html.replace("/assets/main.css", `/assets/${path.basename(output.cssBundle)}`);
    }
    const content = fs.readFileSync(path.join(assets, name));
    fs.writeFileSync(path.join(assets, `${name}.gz`), zlib.gzipSync(content, { level: 9 }));
  }
  // Last, so that a page always finds what it names.
  fs.writeFileSync(path.join(out, "index.html"), html);
  fs.writeFileSync(path.join(out, "index.html.gz"), zlib.gzipSync(html, { level: 9 }));
}

/** Each test file becomes one program; what does not fit into a bundle is found through NODE_PATH. */
async function buildTests() {
  const tests = ["unit", "e2e", "bench"].flatMap((layer) =>
    fs
      .readdirSync(path.join(here, "tests", layer))
      .filter((name) => /\.(test|bench)\.ts$/.test(name))
      .map((name) => path.join(here, "tests", layer, name)),
  );
  await esbuild.build({
    ...common,
    entryPoints: tests,
    outbase: path.join(here, "tests"),
    outdir: out,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    platform: "node",
    target: "node18",
    external: ["playwright-core", "axe-core"],
    sourcemap: "inline",
  });
}

generateClient();
await (what === "tests" ? buildTests() : buildPage());
