// SPDX-License-Identifier: Apache-2.0
#include "runner/build/kconfig.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace roxlab {

std::map<std::string, std::string> ParseConfig(absl::string_view text) {
  std::map<std::string, std::string> symbols;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, "CONFIG_")) {
      std::pair<std::string, std::string> pair = absl::StrSplit(line, absl::MaxSplits('=', 1));
      symbols[pair.first] = pair.second;
    } else if (absl::StartsWith(line, "# CONFIG_") && absl::ConsumeSuffix(&line, " is not set")) {
      symbols[std::string(line.substr(2))] = "n";
    }
  }
  return symbols;
}

std::string MergeFragments(
    const google::protobuf::RepeatedPtrField<v1::ConfigFragment>& fragments) {
  std::string merged;
  for (const v1::ConfigFragment& fragment : fragments)
    absl::StrAppend(&merged, "# ", fragment.name(), "\n", fragment.content(), "\n");
  return merged;
}

std::vector<LostSymbol> FindLostSymbols(absl::string_view wanted, absl::string_view final_config) {
  std::vector<LostSymbol> lost;
  const std::map<std::string, std::string> got = ParseConfig(final_config);
  for (const auto& [name, value] : ParseConfig(wanted)) {
    auto found = got.find(name);
    const std::string& actual = found == got.end() ? "n" : found->second;
    if (actual != value) lost.push_back({name, value, actual});
  }
  return lost;
}

}  // namespace roxlab
