// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SPEC_SETTINGS_H_
#define ROXLAB_SPEC_SETTINGS_H_

#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace roxlab {

// Fills a settings message (see proto/roxlab/v1/settings.proto) from, each over the one before:
// the defaults in the proto, a YAML file (--config), the environment (ROXLAB_KEY), command-line
// options (--key). Make it before CLI11 parses, Load() after.
class SettingsOptions {
 public:
  // Adds --config and one option per field to `app`; both arguments must outlive this.
  SettingsOptions(CLI::App* app, google::protobuf::Message* settings);

  // INVALID_ARGUMENT says which file and line, variable or option is wrong.
  absl::Status Load();

 private:
  struct Given {
    const google::protobuf::FieldDescriptor* field;
    std::vector<std::string> values;
  };
  absl::Status Set(const google::protobuf::FieldDescriptor& field, const std::string& source,
                   const std::vector<std::string>& values);

  google::protobuf::Message* settings_;
  std::string config_;
  std::list<Given> given_;  // CLI11 keeps pointers into it.
};

}  // namespace roxlab

#endif  // ROXLAB_SPEC_SETTINGS_H_
