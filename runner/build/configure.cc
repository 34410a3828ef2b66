// SPDX-License-Identifier: Apache-2.0
#include "runner/build/configure.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/beneath.h"
#include "common/files.h"
#include "common/status_macros.h"
#include "runner/build/kconfig.h"
#include "runner/errors.h"

namespace roxlab {
namespace {

// Whether Kconfig reads the file; make's configuration step costs seconds.
bool ConfigurationReads(const std::string& file) {
  return absl::StrContains(file, "Kconfig") || absl::StrContains(file, "Makefile") ||
         absl::StartsWith(file, "scripts/");
}

absl::Status CheckSurvived(const std::string& fragments, const std::string& config,
                           JobContext& context) {
  const std::vector<LostSymbol> lost = FindLostSymbols(fragments, config);
  if (lost.empty()) return absl::OkStatus();
  const std::string lines =
      absl::StrJoin(lost, "\n", [](std::string* out, const LostSymbol& symbol) {
        absl::StrAppend(out, symbol.name, ": wanted ", symbol.wanted, ", got ", symbol.got);
      });
  context.Log(absl::StrCat(lines, "\n"));
  return VariantError("config",
                      absl::StrCat(lost.size(), " requested symbol", lost.size() == 1 ? "" : "s",
                                   " did not survive: ", lines.substr(0, lines.find('\n'))),
                      lines);
}

}  // namespace

absl::Status Configure(const Tree& tree, const std::string& commit,
                       const std::vector<std::string>& changed, const std::string& fragments,
                       MakeRunner& make, JobContext& context) {
  const std::filesystem::path config_file = tree.build() / ".config";
  if (!std::filesystem::exists(config_file) ||
      std::any_of(changed.begin(), changed.end(), ConfigurationReads)) {
    ROXLAB_RETURN_IF_ERROR(tree.SetNote("configured", ""));
    ROXLAB_RETURN_IF_ERROR(WriteFileAtomically(tree.build() / ".fragments", fragments));
    ROXLAB_RETURN_IF_ERROR(make.Make({.names = {"allnoconfig"},
                                      .variables = {{"KCONFIG_ALLCONFIG", "/build/.fragments"}},
                                      .stage = "configure",
                                      .kind = "config"})
                               .status());
  }
  ROXLAB_ASSIGN_OR_RETURN(std::string config, ReadBeneath(tree.build(), ".config"));
  ROXLAB_RETURN_IF_ERROR(CheckSurvived(fragments, config, context));
  return tree.SetNote("configured", commit);
}

}  // namespace roxlab
