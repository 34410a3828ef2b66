// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "report/comparison.h"

namespace roxlab {
namespace {

using Json = nlohmann::ordered_json;

const char* VerdictName(v1::Verdict verdict) {
  switch (verdict) {
    case v1::PASS:
      return "PASS";
    case v1::FAIL:
      return "FAIL";
    case v1::ERROR:
      return "ERROR";
    default:
      return "NONE";
  }
}

// Never throws: bytes that are no UTF-8 become replacement characters, numbers that are not finite
// become null.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json RowJson(const v1::ComparisonRow& row) {
  // Without pairs there are no figures, though the message's fields read 0.
  auto figure = [&](double value) { return row.n() == 0 ? Json() : Json(value); };
  return {
      {"variant", row.variant()},
      {"machine", row.machine()},
      {"workload", row.workload()},
      {"phase", row.phase()},
      {"metric", row.metric()},
      {"unit", row.unit()},
      {"n", row.n()},
      {"baseline_median", figure(row.baseline_median())},
      {"baseline_mean", figure(row.baseline_mean())},
      {"median", figure(row.median())},
      {"mean", figure(row.mean())},
      {"delta_percent", row.has_delta_percent() ? Json(row.delta_percent()) : Json()},
      {"ci95", row.ci95_size() == 2 ? Json::array({row.ci95(0), row.ci95(1)}) : Json()},
      {"p_value", row.has_p_value() ? Json(row.p_value()) : Json()},
      {"verdict", VerdictName(row.verdict())},
      {"p_holm", row.has_p_holm() ? Json(row.p_holm()) : Json()},
  };
}

}  // namespace

std::string ComparisonJson(const v1::Comparison& comparison) {
  std::string text = absl::StrCat("{\"experiment\": ", Dump(comparison.experiment()),
                                  ", \"baseline\": ", Dump(comparison.baseline()), ", \"rows\": [");
  const char* separator = "\n  ";
  for (const v1::ComparisonRow& row : comparison.rows()) {
    absl::StrAppend(&text, separator, Dump(RowJson(row)));
    separator = ",\n  ";
  }
  return absl::StrCat(text, comparison.rows().empty() ? "" : "\n", "]}\n");
}

}  // namespace roxlab
