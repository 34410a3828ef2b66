// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_REPORT_H_
#define ROXLAB_REPORT_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/lab.pb.h"

// An experiment as evidence to send to others: what was claimed and whether it holds, the figures,
// what they were measured with, and how to see it again.
namespace roxlab {

struct ReportInput {
  v1::GetExperimentResponse state;
  v1::Comparison comparison;
  // One run for each machine, with its command.
  struct Sample {
    v1::Run run;
    std::string qemu_version;  // First line of --version; empty when it is not known.
  };
  std::vector<Sample> samples;
};

struct ReportOptions {
  // Every row, instead of those that ComparisonTable() shows. For tables: CSV and JSON always have
  // all rows.
  bool all = false;
  // Only rows of these metrics, all of them; empty: no such limit. What was claimed is told anyhow.
  std::vector<std::string> metrics;
};

// For a cover letter: headings, a table for each machine and workload, lists.
std::string ReportMarkdown(const ReportInput& input, const ReportOptions& options = {});
// The same as one page that needs nothing else. All that comes from outside is escaped.
std::string ReportHtml(const ReportInput& input, const ReportOptions& options = {});
// A line for each row of the comparison, keys as in ComparisonJson() with ci95 in two columns;
// quoted as RFC 4180 says, lines ended by LF.
std::string ReportCsv(const ReportInput& input);
// {"experiment":{"id","name","title","state","verdict","summary","created_ms","finished_ms"},
//  "claims":[],"comparison":(as ComparisonJson),"builds":[{"id","variants","base","base_tree",
//  "compiler","patches"}],"machines":[{"name","qemu_version","run","argv"}],"notes":[],
//  "reproduce":[]}
std::string ReportJson(const ReportInput& input);

// One of the above by its name: "markdown", "html", "csv", "json". INVALID_ARGUMENT.
absl::StatusOr<std::string> Report(absl::string_view format, const ReportInput& input,
                                   const ReportOptions& options);

// Its media type, e.g. "text/csv". INVALID_ARGUMENT.
absl::StatusOr<std::string> ReportMediaType(absl::string_view format);

}  // namespace roxlab

#endif  // ROXLAB_REPORT_REPORT_H_
