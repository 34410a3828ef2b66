// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "common/files.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "spec/catalog.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

absl::StatusOr<v1::Expectation> ParseExpectation(const std::string& text,
                                                 const std::string& variant) {
  std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  const bool by_interval =
      words.size() > 2 && words[words.size() - 2] == "by" && words.back() == "interval";
  if (by_interval) words.resize(words.size() - 2);
  const bool with_phase = words.size() == 4 && words[2] == "after";
  if (words.size() != 2 && !with_phase) {
    return absl::InvalidArgumentError(
        absl::StrCat("--expect '", text,
                     "': write 'METRIC below|above|equal [after PHASE] [by interval]', e.g. "
                     "'linear.l3_entries below after loaded'"));
  }
  v1::Expectation expectation;
  expectation.set_variant(variant);
  expectation.set_metric(words[0]);
  expectation.set_relation(words[1]);
  expectation.set_phase(with_phase ? words[3] : "loaded");
  if (by_interval) expectation.set_evidence("interval");
  return expectation;
}

absl::StatusOr<std::vector<std::string>> ParseSeeds(const std::string& text) {
  uint64_t count = 0;
  if (absl::SimpleAtoi(text, &count)) {
    if (count == 0) return absl::InvalidArgumentError("--seeds 0: at least one seed is needed");
    return std::vector<std::string>{absl::StrCat("1-", count)};
  }
  return std::vector<std::string>(absl::StrSplit(text, ',', absl::SkipEmpty()));
}

}  // namespace

absl::StatusOr<v1::ExperimentSpec> QuickExperiment(const QuickOptions& options,
                                                   const v1::Catalog& catalog) {
  const v1::Variant* against = nullptr;
  std::vector<std::string> known;
  for (const v1::Variant& variant : catalog.variants()) {
    known.push_back(variant.name());
    if (variant.name() == options.against) against = &variant;
  }
  if (against == nullptr)
    return absl::NotFoundError(UnknownName("variant", options.against, known));

  v1::ExperimentSpec spec;
  v1::Variant& variant = *spec.add_define();
  variant = *against;  // Like the baseline but for the series.
  variant.set_title("");
  variant.set_name(!options.name.empty()    ? options.name
                   : options.series.empty() ? "changed"
                                            : NameFromFile(options.series.front()));
  // A name that the lab has already means something else there.
  while (absl::c_linear_search(known, variant.name())) variant.set_name(variant.name() + "-2");
  if (!options.base.empty()) variant.set_base(options.base);
  if (variant.base() != against->base()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", against->name(), "' is on base ", against->base(), ", not ",
                     variant.base(), ": page tables of different bases are not comparable"));
  }
  for (const std::string& series : options.series) {
    if (!fs::exists(series)) {
      variant.add_series(series);  // The server knows the catalog's names.
      continue;
    }
    ROXLAB_ASSIGN_OR_RETURN(std::vector<v1::Patch> patches, ReadPatches(series));
    for (v1::Patch& patch : patches) *variant.add_patches() = std::move(patch);
  }
  for (const std::string& file : options.configs) {
    ROXLAB_ASSIGN_OR_RETURN(std::string content, ReadFile(file, 1 << 20));
    v1::ConfigFragment& fragment = *variant.add_fragments();
    fragment.set_name(NameFromFile(file));
    fragment.set_content(std::move(content));
  }
  if (!options.cmdline.empty())
    variant.set_cmdline(
        absl::StrCat(variant.cmdline(), variant.cmdline().empty() ? "" : " ", options.cmdline));

  spec.set_name(absl::StrCat(variant.name(), "-vs-", against->name()));
  spec.add_variants(against->name());
  spec.set_baseline(against->name());
  *spec.mutable_machines() = {options.machines.begin(), options.machines.end()};
  *spec.mutable_workloads() = {options.workloads.begin(), options.workloads.end()};
  ROXLAB_ASSIGN_OR_RETURN(std::vector<std::string> seeds, ParseSeeds(options.seeds));
  *spec.mutable_seeds() = {seeds.begin(), seeds.end()};
  for (const std::string& text : options.expect) {
    ROXLAB_ASSIGN_OR_RETURN(*spec.add_expect(), ParseExpectation(text, variant.name()));
  }
  return spec;
}

absl::StatusOr<int> Run(const CliContext& context, const QuickOptions& options) {
  LabClient lab(context);
  ROXLAB_ASSIGN_OR_RETURN(v1::Catalog catalog,
                          lab.Call(&v1::Lab::Stub::GetCatalog, v1::GetCatalogRequest()));
  ROXLAB_ASSIGN_OR_RETURN(v1::ExperimentSpec spec, QuickExperiment(options, catalog));
  return SubmitSpec(context, spec, "", /*watch=*/true);
}

}  // namespace roxlab
