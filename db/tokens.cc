// SPDX-License-Identifier: Apache-2.0
#include "db/tokens.h"

#include "absl/strings/str_cat.h"
#include "db/query.h"

namespace roxlab {

absl::StatusOr<std::map<std::string, v1::Token>> TokenTable::All() {
  return Try("tokens", [&] {
    Query query(connection_, "SELECT sha256, name, role, created_ms, created_by FROM tokens");
    std::map<std::string, v1::Token> all;
    while (query.Next()) {
      v1::Token& token = all[query.Text(0)];
      token.set_name(query.Text(1));
      token.set_role(static_cast<v1::Role>(query.Int(2)));
      token.set_created_ms(query.Int(3));
      token.set_created_by(query.Text(4));
    }
    return all;
  });
}

absl::Status TokenTable::Add(const v1::Token& token, absl::string_view sha256) {
  return Try("tokens", [&]() -> absl::Status {
    Query insert(connection_,
                 "INSERT INTO tokens (name, role, sha256, created_ms, created_by) "
                 "VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
                 token.name(), token.role(), sha256, token.created_ms(), token.created_by());
    if (insert.Run() == 1) return absl::OkStatus();
    return absl::AlreadyExistsError(absl::StrCat("there is a token '", token.name(),
                                                 "'; revoke it first, or take another name"));
  });
}

absl::StatusOr<bool> TokenTable::Remove(absl::string_view name) {
  return Try("tokens", [&] {
    return Query(connection_, "DELETE FROM tokens WHERE name = ?", name).Run() == 1;
  });
}

}  // namespace roxlab
