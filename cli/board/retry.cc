// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "absl/strings/str_cat.h"
#include "board/quarantine.h"
#include "cli/board/commands.h"
#include "cli/board/confirm.h"
#include "cli/board/directory.h"
#include "cli/errors.h"
#include "common/printable.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;

absl::StatusOr<int> RetryBoard(const BoardChoice& choice, bool yes) {
  ROXLAB_RETURN_IF_ERROR(RequireBoard(choice.boards, choice.name));
  const absl::StatusOr<std::string> reason = ReadQuarantine(choice.boards, choice.name);
  if (absl::IsNotFound(reason.status())) {
    std::cout << "board '" << choice.name << "' is not in quarantine\n";
    return kExitOk;
  }
  ROXLAB_RETURN_IF_ERROR(reason.status());
  std::cout << "board '" << choice.name << "' is in quarantine: " << Printable(*reason, 64 << 10)
            << std::endl;
  ROXLAB_RETURN_IF_ERROR(
      Confirm(absl::StrCat("Is that mended (`roxlab board check ", choice.name, "` looks)?"), yes));
  const fs::path path = QuarantinePath(choice.boards, choice.name);
  std::error_code error;
  fs::remove(path, error);
  if (error)
    return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot remove ", path.string()));
  std::cout << "taken out: its runner tries it again\n";
  return kExitOk;
}

}  // namespace roxlab
