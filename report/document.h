// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_DOCUMENT_H_
#define ROXLAB_REPORT_DOCUMENT_H_

#include <string>
#include <utility>
#include <vector>

#include "report/report.h"

namespace roxlab {

// What a report says, before it becomes Markdown, HTML or JSON. All plain text.
struct Document {
  struct Table {
    std::string heading;
    std::vector<std::string> columns;
    size_t left = 0;  // The first columns are words, the others numbers but for the last.
    std::vector<std::vector<std::string>> rows;
    std::string same;  // Which rows show no difference at all; empty: none.
  };

  std::string title;
  std::string verdict;              // "PASS: ...".
  std::vector<std::string> claims;  // Whole sentences.
  std::vector<Table> tables;
  std::vector<std::pair<std::string, std::string>> facts;  // What it was measured with.
  std::vector<std::string> notes;                          // How to read the figures.
  std::vector<std::string> reproduce;                      // Commands.
  std::vector<std::string> machine_commands;
};

Document MakeDocument(const ReportInput& input, const ReportOptions& options);

// The names of the variants that a build serves.
std::vector<std::string> VariantsOf(const v1::Build& build, const v1::GetExperimentResponse& state);

}  // namespace roxlab

#endif  // ROXLAB_REPORT_DOCUMENT_H_
