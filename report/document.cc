// SPDX-License-Identifier: Apache-2.0
#include "report/document.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/process.h"
#include "report/cells.h"
#include "report/table.h"

namespace roxlab {
namespace {

// "on qemu-bbml3, workload modules".
std::string Place(const v1::ComparisonRow& row) {
  return absl::StrCat("on ", row.machine(), ", workload ", row.workload());
}

// "95 % interval [-18.5, -12.0], p = 0.0078, 8 seeds".
std::string Figures(const v1::ComparisonRow& row) {
  std::string figures = absl::StrCat("95 % interval ", IntervalCell(row), ", p ");
  absl::StrAppend(&figures, PCell(row)[0] == '<' ? "< 0.0001" : absl::StrCat("= ", PCell(row)));
  return absl::StrCat(figures, ", ", row.n(), " seeds");
}

// "13.4 % lower than with stock", "8 instead of 0 with stock".
std::string Change(const v1::ComparisonRow& row, const std::string& baseline) {
  if (!row.has_delta_percent())
    return absl::StrCat(ValueCell(row, row.mean()), " instead of ",
                        ValueCell(row, row.baseline_mean()), " with ", baseline);
  return absl::StrFormat("%.1f %% %s than with %s", std::abs(row.delta_percent()),
                         row.delta_percent() < 0 ? "lower" : "higher", baseline);
}

std::string Claim(const v1::ComparisonRow& row, const std::string& baseline) {
  const std::string subject = absl::StrCat(row.metric(), " after ", row.phase());
  if (row.verdict() == v1::ERROR)
    return absl::StrCat("Not measured: ", subject, " with ", row.variant(), ", ", Place(row), ".");
  if (IsWithoutDifference(row))
    return absl::StrCat(row.verdict() == v1::FAIL ? "Not as expected: w" : "W", "ith ",
                        row.variant(), ", ", subject, " is the same as with ", baseline,
                        " in each of ", row.n(), " seeds (", Place(row), ").");
  return absl::StrCat(row.verdict() == v1::FAIL ? "Not shown as expected: w" : "W", "ith ",
                      row.variant(), ", ", subject, " is ", Change(row, baseline), " (",
                      Figures(row), "; ", Place(row), ").");
}

std::vector<std::string> Claims(const v1::Comparison& comparison) {
  std::vector<std::string> claims;
  for (const v1::ComparisonRow& row : comparison.rows())
    if (row.verdict() != v1::VERDICT_UNSPECIFIED)
      claims.push_back(Claim(row, comparison.baseline()));
  if (claims.empty())
    claims.emplace_back("Nothing was claimed beforehand; the table shows what was found.");
  return claims;
}

using Rows = std::vector<const v1::ComparisonRow*>;

// Rows of one place, those of one phase and metric together.
Document::Table MakeTable(const Rows& rows, const std::string& baseline) {
  Document::Table table;
  table.heading = absl::StrCat("Means ", Place(*rows.front()));
  table.columns = {"after",  "metric",        "variant", "n",        baseline, "this variant",
                   "change", "95 % interval", "p",       "p (Holm)", "verdict"};
  table.left = 3;
  std::vector<std::string> same;
  std::set<const v1::ComparisonRow*> done;
  for (const v1::ComparisonRow* first : rows) {
    for (const v1::ComparisonRow* row : rows) {
      if (row->phase() != first->phase() || row->metric() != first->metric()) continue;
      if (!done.insert(row).second) continue;
      if (row->verdict() == v1::VERDICT_UNSPECIFIED && IsWithoutDifference(*row)) {
        same.push_back(absl::StrCat(row->metric(), " after ", row->phase(), " (", row->variant(),
                                    ": ", ValueCell(*row, row->mean()), ")"));
        continue;
      }
      table.rows.push_back({row->phase(), row->metric(), row->variant(), absl::StrCat(row->n()),
                            ValueCell(*row, row->baseline_mean()), ValueCell(*row, row->mean()),
                            DeltaCell(*row), IntervalCell(*row), PCell(*row), HolmCell(*row),
                            VerdictCell(*row)});
    }
  }
  if (!same.empty())
    table.same = absl::StrCat("The same in every pair: ", absl::StrJoin(same, ", "), ".");
  return table;
}

bool IsWanted(const v1::ComparisonRow& row, const ReportOptions& options) {
  if (options.metrics.empty()) return options.all || row.key();
  return std::find(options.metrics.begin(), options.metrics.end(), row.metric()) !=
         options.metrics.end();
}

std::vector<Document::Table> Tables(const v1::Comparison& comparison,
                                    const ReportOptions& options) {
  std::vector<Rows> places;
  for (const v1::ComparisonRow& row : comparison.rows()) {
    if (!IsWanted(row, options)) continue;
    auto place = std::find_if(places.begin(), places.end(),
                              [&](const Rows& rows) { return Place(*rows.front()) == Place(row); });
    if (place == places.end()) place = places.insert(places.end(), Rows());
    place->push_back(&row);
  }
  std::vector<Document::Table> tables;
  tables.reserve(places.size());
  for (const Rows& rows : places) tables.push_back(MakeTable(rows, comparison.baseline()));
  return tables;
}

void AddFacts(const ReportInput& input, Document* document) {
  const v1::Experiment& experiment = input.state.experiment();
  auto& facts = document->facts;
  facts.emplace_back(
      "experiment",
      absl::StrCat(experiment.id(), " (", experiment.name(), "), ",
                   absl::FormatTime("%Y-%m-%d", absl::FromUnixMillis(experiment.created_ms()),
                                    absl::UTCTimeZone())));
  for (const v1::Build& build : input.state.builds()) {
    const std::string patches =
        build.patches_size() == 0 ? "no patch" : absl::StrCat(build.patches_size(), " patches");
    facts.emplace_back(absl::StrJoin(VariantsOf(build, input.state), ", "),
                       absl::StrCat(build.base(), " (git tree ", build.base_tree(), "), ", patches,
                                    ", ", build.compiler(), ", build ", build.id().substr(0, 12)));
  }
  for (const ReportInput::Sample& sample : input.samples)
    facts.emplace_back(sample.run.machine(), sample.qemu_version.empty()
                                                 ? "QEMU of an unknown version"
                                                 : sample.qemu_version);
}

std::vector<std::string> Notes(const v1::ExperimentSpec& spec) {
  std::vector<std::string> notes = {
      "A seed gives one run of each variant; the same seed gives the same run, bit for bit. n is "
      "the number of seeds, change that of the mean.",
      "The interval is a bootstrap over seeds (BCa, 10,000 resamples). With fewer than some 20 "
      "seeds it covers a little less than its 95 %.",
      "p is that of the two-sided sign-flip permutation test, exact up to 20 seeds. p (Holm) is "
      "corrected for the number of rows: what was expected beforehand is one family, all else that "
      "was looked at another, rows without any difference not counted."};
  if (spec.has_auto_seeds())
    notes.push_back(absl::StrFormat(
        "The number of seeds was not fixed beforehand: from %d on, %d were added at a time until "
        "the intervals of what was expected were at most %.3g %% wide, up to %d. What ended it is "
        "the width, not p or the direction; still, an interval that is narrow by chance ends it "
        "early, so intervals cover a little less often than they say.",
        spec.auto_seeds().start(), spec.auto_seeds().step(), spec.auto_seeds().width_percent(),
        spec.auto_seeds().limit()));
  for (const v1::Expectation& expectation : spec.expect()) {
    if (expectation.evidence() != "interval") continue;
    notes.push_back(absl::StrCat("The verdict on ", expectation.metric(), " after ",
                                 expectation.phase(), " of ", expectation.variant(),
                                 " goes by its interval alone, whatever p is."));
  }
  return notes;
}

// One run of each variant that passed.
void AddCommands(const ReportInput& input, Document* document) {
  std::set<std::string> variants;
  for (const v1::Run& run : input.state.runs()) {
    if (run.verdict() != v1::PASS || !variants.insert(run.variant()).second) continue;
    document->reproduce.push_back(absl::StrCat("roxlab reproduce ", run.id(),
                                               " > run.sh && sh run.sh  # ", run.variant(),
                                               ", seed ", run.seed()));
  }
  for (const ReportInput::Sample& sample : input.samples)
    document->machine_commands.push_back(
        ShellQuote({sample.run.argv().begin(), sample.run.argv().end()}));
}

}  // namespace

std::vector<std::string> VariantsOf(const v1::Build& build,
                                    const v1::GetExperimentResponse& state) {
  std::vector<std::string> names;
  for (const v1::Run& run : state.runs())
    if (run.build() == build.id() &&
        std::find(names.begin(), names.end(), run.variant()) == names.end())
      names.push_back(run.variant());
  return names;
}

Document MakeDocument(const ReportInput& input, const ReportOptions& options) {
  const v1::Experiment& experiment = input.state.experiment();
  Document document;
  document.title = experiment.title().empty() ? experiment.name() : experiment.title();
  document.verdict =
      experiment.state() == v1::DONE
          ? absl::StrCat(v1::Verdict_Name(experiment.verdict()), ": ", experiment.summary())
          : "Not done yet: what follows may change.";
  document.claims = Claims(input.comparison);
  document.tables = Tables(input.comparison, options);
  AddFacts(input, &document);
  document.notes = Notes(experiment.spec());
  AddCommands(input, &document);
  return document;
}

}  // namespace roxlab
