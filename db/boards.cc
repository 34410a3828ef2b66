// SPDX-License-Identifier: Apache-2.0
#include "db/boards.h"

#include <string>

#include "db/query.h"

namespace roxlab {

absl::StatusOr<std::vector<v1::BoardRecord>> BoardTable::All() {
  return Try("boards", [&]() -> absl::StatusOr<std::vector<v1::BoardRecord>> {
    Query query(connection_,
                "SELECT runner, machine, state, reason, since_ms FROM boards ORDER BY name");
    std::vector<v1::BoardRecord> boards;
    while (query.Next()) {
      v1::BoardRecord& board = boards.emplace_back();
      board.set_runner(query.Text(0));
      if (!board.mutable_machine()->ParseFromString(query.Text(1)))
        return absl::DataLossError("boards: a machine that cannot be read");
      board.set_state(static_cast<v1::BoardState>(query.Int(2)));
      board.set_reason(query.Text(3));
      board.set_since_ms(query.Int(4));
    }
    return boards;
  });
}

absl::Status BoardTable::Put(const v1::BoardRecord& board) {
  return Try("boards", [&] {
    const std::string machine = board.machine().SerializeAsString();
    Query(connection_,
          "INSERT INTO boards (name, runner, machine, state, reason, since_ms) "
          "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET runner = excluded.runner, "
          "machine = excluded.machine, state = excluded.state, reason = excluded.reason, "
          "since_ms = excluded.since_ms",
          board.machine().name(), board.runner(), Blob{machine}, board.state(), board.reason(),
          board.since_ms())
        .Run();
  });
}

}  // namespace roxlab
