// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "report/comparison.h"
#include "report/document.h"

namespace roxlab {
namespace {

using Json = nlohmann::ordered_json;

// RFC 4180.
std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string CsvLine(const std::vector<std::string>& cells) {
  return absl::StrCat(absl::StrJoin(cells, ",",
                                    [](std::string* out, const std::string& cell) {
                                      absl::StrAppend(out, CsvCell(cell));
                                    }),
                      "\n");
}

// A JSON value without quotes; nothing for null.
std::string Bare(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Json Rows(const ReportInput& input) {
  return Json::parse(ComparisonJson(input.comparison), nullptr, /*allow_exceptions=*/false);
}

template <typename List>
Json Strings(const List& list) {
  Json array = Json::array();
  for (const std::string& text : list) array.push_back(text);
  return array;
}

Json Builds(const ReportInput& input) {
  Json builds = Json::array();
  for (const v1::Build& build : input.state.builds())
    builds.push_back({{"id", build.id()},
                      {"variants", Strings(VariantsOf(build, input.state))},
                      {"base", build.base()},
                      {"base_tree", build.base_tree()},
                      {"compiler", build.compiler()},
                      {"patches", Strings(build.patches())}});
  return builds;
}

Json Machines(const ReportInput& input) {
  Json machines = Json::array();
  for (const ReportInput::Sample& sample : input.samples)
    machines.push_back({{"name", sample.run.machine()},
                        {"qemu_version", sample.qemu_version},
                        {"run", sample.run.id()},
                        {"argv", Strings(sample.run.argv())}});
  return machines;
}

}  // namespace

std::string ReportCsv(const ReportInput& input) {
  std::string text = CsvLine({"variant", "machine", "workload", "phase", "metric", "unit", "n",
                              "baseline_median", "baseline_mean", "median", "mean", "delta_percent",
                              "ci95_low", "ci95_high", "p_value", "verdict", "p_holm"});
  const Json comparison = Rows(input);
  for (const Json& row : comparison["rows"]) {
    std::vector<std::string> cells;
    for (const auto& [key, value] : row.items()) {
      if (key != "ci95") {
        cells.push_back(Bare(value));
        continue;
      }
      for (size_t end : {0, 1}) cells.push_back(value.is_null() ? "" : Bare(value[end]));
    }
    absl::StrAppend(&text, CsvLine(cells));
  }
  return text;
}

std::string ReportJson(const ReportInput& input) {
  const Document document = MakeDocument(input, {});
  const v1::Experiment& experiment = input.state.experiment();
  const Json json = {{"experiment",
                      {{"id", experiment.id()},
                       {"name", experiment.name()},
                       {"title", experiment.title()},
                       {"state", v1::State_Name(experiment.state())},
                       {"verdict", v1::Verdict_Name(experiment.verdict())},
                       {"summary", experiment.summary()},
                       {"created_ms", experiment.created_ms()},
                       {"finished_ms", experiment.finished_ms()}}},
                     {"claims", Strings(document.claims)},
                     {"comparison", Rows(input)},
                     {"builds", Builds(input)},
                     {"machines", Machines(input)},
                     {"notes", Strings(document.notes)},
                     {"reproduce", Strings(document.reproduce)}};
  return absl::StrCat(json.dump(2, ' ', false, Json::error_handler_t::replace), "\n");
}

namespace {

std::string CsvOf(const ReportInput& input, const ReportOptions&) { return ReportCsv(input); }
std::string JsonOf(const ReportInput& input, const ReportOptions&) { return ReportJson(input); }

struct Format {
  absl::string_view name;
  absl::string_view media_type;
  std::string (*write)(const ReportInput&, const ReportOptions&);
};
constexpr Format kFormats[] = {{"markdown", "text/markdown", ReportMarkdown},
                               {"html", "text/html", ReportHtml},
                               {"csv", "text/csv", CsvOf},
                               {"json", "application/json", JsonOf}};

absl::StatusOr<const Format*> FindFormat(absl::string_view name) {
  for (const Format& format : kFormats)
    if (format.name == name) return &format;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown format '", name, "': markdown, html, csv or json"));
}

}  // namespace

absl::StatusOr<std::string> Report(absl::string_view format, const ReportInput& input,
                                   const ReportOptions& options) {
  const absl::StatusOr<const Format*> found = FindFormat(format);
  if (!found.ok()) return found.status();
  return (*found)->write(input, options);
}

absl::StatusOr<std::string> ReportMediaType(absl::string_view format) {
  const absl::StatusOr<const Format*> found = FindFormat(format);
  if (!found.ok()) return found.status();
  return std::string((*found)->media_type);
}

}  // namespace roxlab
