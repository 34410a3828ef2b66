// SPDX-License-Identifier: Apache-2.0
#include "board/quarantine.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;

fs::path QuarantinePath(const fs::path& boards, absl::string_view board) {
  return boards / absl::StrCat(board, ".quarantine");
}

absl::StatusOr<std::string> ReadQuarantine(const fs::path& boards, absl::string_view board) {
  ROXLAB_ASSIGN_OR_RETURN(const std::string text, ReadFile(QuarantinePath(boards, board), 1 << 20));
  return std::string(absl::StripTrailingAsciiWhitespace(text));
}

absl::Status WriteQuarantine(const fs::path& boards, absl::string_view board,
                             absl::string_view console, std::string* reason) {
  const fs::path file = boards / absl::StrCat(board, ".console");
  if (!console.empty() && WriteFileAtomically(file, console).ok())
    absl::StrAppend(reason, "; what its console said meanwhile: ", file.string());
  return WriteFileAtomically(QuarantinePath(boards, board), absl::StrCat(*reason, "\n"));
}

}  // namespace roxlab
