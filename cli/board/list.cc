// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "absl/strings/str_cat.h"
#include "board/board_file.h"
#include "board/board_lock.h"
#include "board/host_key.h"
#include "board/quarantine.h"
#include "cli/board/commands.h"
#include "cli/board/directory.h"
#include "cli/errors.h"
#include "common/status_macros.h"
#include "report/table.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

std::string MethodName(const v1::BoardBoot& boot) {
  const auto* method = boot.GetReflection()->GetOneofFieldDescriptor(
      boot, boot.GetDescriptor()->FindOneofByName("method"));
  return method == nullptr ? "" : method->name();
}

std::string KeyState(const fs::path& boards, const std::string& name) {
  const absl::Status status = LoadHostKey(HostKeyPath(boards, name), name).status();
  if (status.ok()) return "known";
  return absl::IsFailedPrecondition(status) ? "unknown" : "unreadable";
}

// Whom the lock tells of; nobody: empty.
std::string Holder(const fs::path& boards, const std::string& name) {
  const absl::StatusOr<BoardOwner> owner = BoardLock::Owner(boards, name);
  if (owner.ok()) return owner->Describe();
  return absl::IsNotFound(owner.status()) ? "" : std::string(owner.status().message());
}

std::string Quarantine(const fs::path& boards, const std::string& name) {
  const absl::StatusOr<std::string> reason = ReadQuarantine(boards, name);
  if (reason.ok()) return reason->substr(0, reason->find('\n'));
  return absl::IsNotFound(reason.status()) ? "" : std::string(reason.status().message());
}

}  // namespace

absl::StatusOr<int> ListBoards(const BoardChoice& choice, bool only_names) {
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<std::string> names, BoardNames(choice.boards));
  if (only_names) {
    for (const std::string& name : names) std::cout << name << "\n";
    return kExitOk;
  }
  ROXLAB_ASSIGN_OR_RETURN(const BoardFiles files, LoadBoards(choice.boards));
  Table table({{"board"}, {"host"}, {"boot"}, {"host key"}, {"taken"}, {"quarantine"}});
  for (const v1::Board& board : files.boards)
    table.AddRow({board.name(), absl::StrCat(board.user(), "@", board.host(), ":", board.port()),
                  MethodName(board.boot()), KeyState(choice.boards, board.name()),
                  Holder(choice.boards, board.name()), Quarantine(choice.boards, board.name())});
  if (!files.boards.empty()) std::cout << table.Render(0);
  if (files.boards.empty() && files.errors.empty())
    std::cout << "no board in " << choice.boards.string() << " yet\n";
  for (const absl::Status& error : files.errors) std::cerr << "roxlab: " << error.message() << "\n";
  return files.errors.empty() ? kExitOk : kExitUsage;
}

}  // namespace roxlab
