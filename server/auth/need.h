// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_AUTH_NEED_H_
#define ROXLAB_SERVER_AUTH_NEED_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "roxlab/v1/auth.pb.h"

namespace roxlab {

// What a caller must be at least for "/SERVICE/METHOD", or for a path of the HTTP port.
// ROLE_UNSPECIFIED: anybody; nothing: nobody, since the method does not say it. What methods of
// roxlab need stands in proto/ (option `needs`); of other paths, health and the page's own files
// are for anybody, and everything else for viewers.
std::optional<v1::Role> NeedOf(absl::string_view path);

// Whether `role` may call what needs `need`.
bool Suffices(v1::Role role, v1::Role need);

// "viewer" and so on.
std::string RoleName(v1::Role role);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_AUTH_NEED_H_
