// SPDX-License-Identifier: Apache-2.0
#include "cli/board/directory.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "board/board_file.h"
#include "common/files.h"
#include "common/names.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;

absl::Status RequireBoards(const fs::path& boards) {
  std::error_code error;
  if (fs::is_directory(boards, error)) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(
      "no directory ", boards.string(),
      ": make it, or name the one that the runner has with --boards or ROXLAB_BOARDS"));
}

absl::StatusOr<std::vector<std::string>> BoardNames(const fs::path& boards) {
  ROXLAB_RETURN_IF_ERROR(RequireBoards(boards));
  std::vector<std::string> names;
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<fs::path> files, FilesIn(boards, ".yaml"));
  for (const fs::path& file : files)
    if (IsValidName(file.stem().string())) names.push_back(file.stem().string());
  std::sort(names.begin(), names.end());  // The files come as "a-b.yaml", "a.yaml".
  return names;
}

absl::Status RequireBoard(const fs::path& boards, const std::string& name) {
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<std::string> names, BoardNames(boards));
  if (absl::c_linear_search(names, name)) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat(UnknownName("board", name, names), " (in ", boards.string(), ")"));
}

absl::StatusOr<v1::Board> FindBoard(const fs::path& boards, const std::string& name) {
  ROXLAB_RETURN_IF_ERROR(RequireBoard(boards, name));
  return LoadBoard(boards / absl::StrCat(name, ".yaml"));
}

std::string PurposeOf(absl::string_view what) {
  const char* sudo = std::getenv("SUDO_USER");
  const passwd* user = getpwuid(getuid());
  return absl::StrCat(what, " by ",
                      sudo != nullptr   ? std::string(sudo)
                      : user != nullptr ? std::string(user->pw_name)
                                        : absl::StrCat("user ", getuid()));
}

std::string Describe(const HostKey& key) {
  return absl::StrCat(key.type, " ", Fingerprint(key).value_or("without a fingerprint"));
}

}  // namespace roxlab
