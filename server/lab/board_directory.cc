// SPDX-License-Identifier: Apache-2.0
#include "server/lab/board_directory.h"

#include <google/protobuf/util/message_differencer.h>

#include <utility>

#include "common/status_macros.h"
#include "db/boards.h"

namespace roxlab {

absl::Status BoardDirectory::Load(Connection& connection, const std::set<std::string>& online) {
  ROXLAB_ASSIGN_OR_RETURN(std::vector<v1::BoardRecord> all, BoardTable(connection).All());
  for (v1::BoardRecord& board : all) {
    const std::string name = board.machine().name();
    boards_[name] = std::move(board);
  }
  online_ = online;
  return absl::OkStatus();
}

bool BoardDirectory::Has(const std::string& runner, const std::string& board) const {
  auto known = boards_.find(board);
  return known == boards_.end() || known->second.runner() == runner ||
         !online_.contains(known->second.runner());
}

absl::StatusOr<bool> BoardDirectory::Note(Connection& connection,
                                          const v1::SynchronizeRequest& said, int64_t now_ms) {
  std::map<std::string, v1::BoardRecord> news;
  for (const auto& [name, board] : boards_) {
    if (board.runner() != said.runner()) continue;
    v1::BoardRecord& gone = news[name] = board;
    gone.set_state(v1::BOARD_STATE_UNSPECIFIED);
    gone.set_reason("its runner has it no more");
  }
  for (const v1::BoardReport& report : said.boards()) {
    if (!Has(said.runner(), report.machine().name())) continue;
    v1::BoardRecord& board = news[report.machine().name()];
    *board.mutable_machine() = report.machine();
    board.set_runner(said.runner());
    board.set_state(report.state());
    board.set_reason(report.reason());
  }
  bool changed = false;
  for (auto& [name, board] : news) {
    const v1::BoardRecord& old = boards_[name];
    board.set_since_ms(board.state() == old.state() ? old.since_ms() : now_ms);
    if (google::protobuf::util::MessageDifferencer::Equals(board, old)) continue;
    ROXLAB_RETURN_IF_ERROR(BoardTable(connection).Put(board));
    boards_[name] = board;
    changed = true;
  }
  return changed;
}

std::set<std::string> BoardDirectory::Free(const v1::SynchronizeRequest& said) const {
  std::set<std::string> free;
  for (const v1::BoardReport& report : said.boards()) {
    auto known = boards_.find(report.machine().name());
    if (known != boards_.end() && known->second.runner() == said.runner() &&
        report.state() == v1::BOARD_READY)
      free.insert(report.machine().name());
  }
  return free;
}

}  // namespace roxlab
