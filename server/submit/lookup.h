// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_LOOKUP_H_
#define ROXLAB_SERVER_SUBMIT_LOOKUP_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/names.h"

namespace roxlab {

// The element of `list` (messages with a name) called `name`. NOT_FOUND with the nearest names.
template <typename List>
absl::StatusOr<const typename List::value_type*> FindNamed(absl::string_view kind,
                                                           const std::string& name,
                                                           const List& list) {
  std::vector<std::string> known;
  for (const auto& element : list) {
    if (element.name() == name) return &element;
    known.push_back(element.name());
  }
  return absl::NotFoundError(UnknownName(kind, name, known));
}

// `status` with `where` in front of its message.
inline absl::Status In(absl::string_view where, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(where, ": ", status.message()));
}

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_LOOKUP_H_
