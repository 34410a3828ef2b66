// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_TOKENS_H_
#define ROXLAB_DB_TOKENS_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/auth.pb.h"

namespace roxlab {

class Connection;

class TokenTable {
 public:
  explicit TokenTable(Connection& connection) : connection_(connection) {}

  // By the hash of their secret.
  absl::StatusOr<std::map<std::string, v1::Token>> All();
  // ALREADY_EXISTS: the name is taken.
  absl::Status Add(const v1::Token& token, absl::string_view sha256);
  // Whether there was one.
  absl::StatusOr<bool> Remove(absl::string_view name);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_TOKENS_H_
