// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "absl/strings/str_cat.h"
#include "board/host_key.h"
#include "board/running_kernel.h"
#include "cli/board/commands.h"
#include "cli/board/confirm.h"
#include "cli/board/directory.h"
#include "cli/errors.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// Whether the key is known already. FAILED_PRECONDITION when another one is.
absl::StatusOr<bool> IsKnown(const v1::Board& board, const fs::path& path, const HostKey& shown) {
  if (!fs::exists(path)) return false;
  ROXLAB_ASSIGN_OR_RETURN(const HostKey known, LoadHostKey(path, board.name()));
  if (known == shown) return true;
  return absl::FailedPreconditionError(absl::StrCat(
      board.host(), " port ", board.port(), " shows another host key than the known one of board '",
      board.name(), "'\n  known: ", Describe(known), "\n  shown: ", Describe(shown),
      "\nIf the board was set up anew, --replace takes this one; otherwise something else answers "
      "there."));
}

}  // namespace

absl::StatusOr<int> TrustBoard(const BoardChoice& choice, const TrustOptions& options) {
  ROXLAB_ASSIGN_OR_RETURN(const v1::Board board, FindBoard(choice.boards, choice.name));
  const fs::path path = HostKeyPath(choice.boards, board.name());
  ROXLAB_ASSIGN_OR_RETURN(
      const HostKey shown,
      FetchHostKey(board.host(), board.port(), After(board.timeouts().connect()), StopToken()));
  if (!options.replace) {
    ROXLAB_ASSIGN_OR_RETURN(const bool known, IsKnown(board, path, shown));
    if (known) {
      std::cout << "known already: " << Describe(shown) << "\n";
      return kExitOk;
    }
  }
  std::cout << board.host() << " port " << board.port() << " shows " << Describe(shown)
            << std::endl;
  ROXLAB_RETURN_IF_ERROR(
      Confirm("Is that what `ssh-keygen -l -f` says of the .pub file in /etc/ssh, on the board's "
              "own console?",
              options.yes));
  ROXLAB_RETURN_IF_ERROR(StoreHostKey(path, shown));
  std::cout << "written to " << path.string() << "\n";
  return kExitOk;
}

}  // namespace roxlab
