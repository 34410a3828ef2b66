// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SPEC_YAML_H_
#define ROXLAB_SPEC_YAML_H_

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace roxlab {

// Reads a YAML document into a message: keys are field names, maps are messages, sequences are
// repeated fields (a lone scalar is a sequence of one). Fields that the document does not name
// keep what they have. INVALID_ARGUMENT "FILE:LINE: what" for YAML that does not parse, an
// unknown or repeated key (with the nearest names), a value of the wrong type, or two fields of
// one oneof. `file` is only for messages.
absl::Status ReadYaml(absl::string_view text, absl::string_view file,
                      google::protobuf::Message* message);

// Sets a scalar field from text as YAML would ("12", "true", "x"). INVALID_ARGUMENT says what was
// expected.
absl::Status SetScalar(const google::protobuf::FieldDescriptor& field, absl::string_view text,
                       google::protobuf::Message* message);

}  // namespace roxlab

#endif  // ROXLAB_SPEC_YAML_H_
