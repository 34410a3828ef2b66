// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_IMPORT_LAVA_TEXT_H_
#define ROXLAB_BOARD_IMPORT_LAVA_TEXT_H_

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// A variable of a device dictionary.
struct LavaVariable {
  YAML::Node value;
  int line;
};

struct LavaVariables {
  std::map<std::string, LavaVariable> by_name;
  std::vector<std::string> left_out;  // "FILE:LINE: ..." of what is no plain assignment.
};

// Both forms of ImportLava's text as the variables of a dictionary; a rendered one's values get the
// names that they had there ("extends" is the device type). Internal to board/import/.
absl::StatusOr<LavaVariables> ReadLavaVariables(absl::string_view text, const std::string& file);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_IMPORT_LAVA_TEXT_H_
