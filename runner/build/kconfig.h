// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_KCONFIG_H_
#define ROXLAB_RUNNER_BUILD_KCONFIG_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "roxlab/v1/catalog.pb.h"

namespace roxlab {

// CONFIG_X -> "y", "m", "n", "\"text\"", "12" of lines as in a .config; "# CONFIG_X is not set" is
// "n". Later lines win; other lines are skipped.
std::map<std::string, std::string> ParseConfig(absl::string_view text);

// The fragments in order as one text for KCONFIG_ALLCONFIG.
std::string MergeFragments(const google::protobuf::RepeatedPtrField<v1::ConfigFragment>& fragments);

// A symbol that Kconfig did not keep.
struct LostSymbol {
  std::string name, wanted, got;
};

// The symbols that `wanted` asks for and `final` has otherwise; one that `final` does not know is
// "n" there.
std::vector<LostSymbol> FindLostSymbols(absl::string_view wanted, absl::string_view final_config);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_KCONFIG_H_
