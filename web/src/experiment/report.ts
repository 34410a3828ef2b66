// SPDX-License-Identifier: Apache-2.0
//
// The experiment's report: the server writes it, so that page, files and CLI say the same.
import { lab } from "../api/client";

/** The parts of the report's JSON form (report/report.h) that the page shows. */
export interface ReportFacts {
  claims: string[];
  notes: string[];
  reproduce: string[];
  machines: { name: string; qemuVersion: string; run: string }[];
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/** Takes what it knows and leaves the rest. */
export function parseReport(content: string): ReportFacts {
  const json = JSON.parse(content) as Record<string, unknown>;
  const machines = Array.isArray(json["machines"]) ? (json["machines"] as Record<string, unknown>[]) : [];
  return {
    claims: strings(json["claims"]),
    notes: strings(json["notes"]),
    reproduce: strings(json["reproduce"]),
    machines: machines.map((machine) => ({
      name: String(machine["name"] ?? ""),
      qemuVersion: String(machine["qemu_version"] ?? ""),
      run: String(machine["run"] ?? ""),
    })),
  };
}

export const FORMATS = [
  { format: "markdown", text: "Markdown", ending: "md" },
  { format: "html", text: "HTML", ending: "html" },
  { format: "csv", text: "CSV", ending: "csv" },
  { format: "json", text: "JSON", ending: "json" },
] as const;

/** Fetches a report and hands it to the browser as a file. */
export async function download(id: string, format: string, name: string): Promise<void> {
  const report = await lab.getReport({ id, format });
  const url = URL.createObjectURL(new Blob([report.content], { type: report.mediaType }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
