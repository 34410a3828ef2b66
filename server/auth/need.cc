// SPDX-License-Identifier: Apache-2.0
#include "server/auth/need.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
// Generated descriptors are known only once their files are linked.
#include "roxlab/v1/artifacts.pb.h"
#include "roxlab/v1/lab.pb.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

std::optional<v1::Role> NeedOf(absl::string_view path) {
  if (absl::StartsWith(path, "/grpc.health.v1.Health/")) return v1::ROLE_UNSPECIFIED;
  if (absl::StartsWith(path, "/roxlab.v1.")) {
    const std::string name = absl::StrReplaceAll(absl::StripPrefix(path, "/"), {{"/", "."}});
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
    if (method == nullptr) return v1::ROLE_VIEWER;  // Who may look is told that there is none.
    const v1::Role need = method->options().GetExtension(v1::needs);
    return need == v1::ROLE_UNSPECIFIED ? std::nullopt : std::make_optional(need);
  }
  return v1::ROLE_VIEWER;
}

bool Suffices(v1::Role role, v1::Role need) {
  if (role == v1::ROLE_UNSPECIFIED) return need == v1::ROLE_UNSPECIFIED;
  if (role == v1::ROLE_ADMIN || need <= v1::ROLE_VIEWER) return true;
  return role == need;
}

std::string RoleName(v1::Role role) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::Role_Name(role), "ROLE_"));
}

}  // namespace roxlab
