// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "cli/words.h"
#include "common/status_macros.h"
#include "report/table.h"

namespace roxlab {
namespace {

constexpr uint32_t kLargestPage = 500;  // Of the server.

// The words are checked by the parser of the command line.
v1::ListExperimentsRequest RequestOf(const ListOptions& options) {
  v1::ListExperimentsRequest request;
  request.set_search(options.search);
  request.set_sort(options.sort);
  for (const std::string& word : options.states) {
    v1::State state = v1::STATE_UNSPECIFIED;
    v1::State_Parse(absl::AsciiStrToUpper(word), &state);
    request.add_states(state);
  }
  for (const std::string& word : options.verdicts) {
    v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
    v1::Verdict_Parse(absl::AsciiStrToUpper(word), &verdict);
    request.add_verdicts(verdict);
  }
  return request;
}

// The first `limit`, from as many pages as it takes.
absl::StatusOr<v1::ListExperimentsResponse> ReadList(LabClient& lab, const ListOptions& options) {
  v1::ListExperimentsRequest request = RequestOf(options);
  v1::ListExperimentsResponse all;
  do {
    request.set_page_size(
        std::min(options.limit - static_cast<uint32_t>(all.experiments_size()), kLargestPage));
    request.set_page_token(all.next_page_token());
    ROXLAB_ASSIGN_OR_RETURN(v1::ListExperimentsResponse page,
                            lab.Call(&v1::Lab::Stub::ListExperiments, request));
    for (v1::Experiment& experiment : *page.mutable_experiments())
      *all.add_experiments() = std::move(experiment);
    all.set_next_page_token(page.next_page_token());
    all.set_total(page.total());
  } while (!all.next_page_token().empty() &&
           static_cast<uint32_t>(all.experiments_size()) < options.limit);
  return all;
}

}  // namespace

absl::StatusOr<int> List(const CliContext& context, const ListOptions& options) {
  LabClient lab(context);
  ROXLAB_ASSIGN_OR_RETURN(const v1::ListExperimentsResponse response, ReadList(lab, options));
  if (context.json) {
    PrintJson(response);
    return kExitOk;
  }
  Table table({{"experiment"}, {"name"}, {"submitted"}, {"state"}, {"runs", true}, {"summary"}});
  for (const v1::Experiment& experiment : response.experiments())
    table.AddRow({experiment.id(), experiment.name(), When(experiment.created_ms()),
                  Standing(experiment.state(), experiment.verdict()),
                  absl::StrCat(experiment.runs().total()), experiment.summary()});
  const bool filtered =
      !options.search.empty() || !options.states.empty() || !options.verdicts.empty();
  std::cout << (!response.experiments().empty() ? table.Render(0)
                : filtered                      ? "no such experiment\n"
                                                : "no experiment yet\n");
  if (!response.next_page_token().empty())
    std::cout << response.experiments_size() << " of " << response.total()
              << "; --limit for more\n";
  return kExitOk;
}

}  // namespace roxlab
