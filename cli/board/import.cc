// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "absl/strings/str_cat.h"
#include "board/board_file.h"
#include "board/import/labgrid.h"
#include "board/import/lava.h"
#include "cli/board/commands.h"
#include "cli/board/directory.h"
#include "cli/errors.h"
#include "common/files.h"
#include "common/names.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

std::string NameFor(const BoardChoice& choice, const ImportOptions& options) {
  if (!choice.name.empty()) return choice.name;
  return options.group.empty() ? options.file.stem().string() : options.group;
}

void PrintEach(absl::string_view what, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::cerr << what << line << "\n";
}

}  // namespace

absl::StatusOr<int> ImportBoard(const BoardChoice& choice, const ImportOptions& options) {
  const std::string name = NameFor(choice, options);
  if (!IsValidName(name))
    return absl::InvalidArgumentError(
        absl::StrCat("'", name,
                     "' is no name of a board: give one with --name, of A-Z a-z 0-9 . _ "
                     "- and starting with a letter or digit"));
  if (!options.group.empty() && options.format != "labgrid")
    return absl::InvalidArgumentError("--group is for labgrid: a LAVA file has one device");
  const fs::path& folder = options.output.empty() ? choice.boards : options.output;
  ROXLAB_RETURN_IF_ERROR(RequireBoards(folder));
  const fs::path path = folder / absl::StrCat(name, ".yaml");
  if (fs::exists(path) && !options.force)
    return absl::AlreadyExistsError(absl::StrCat(path.string(), " exists: --force overwrites it"));
  ROXLAB_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.file, 1 << 20));
  const std::string file = options.file.string();
  ROXLAB_ASSIGN_OR_RETURN(const ImportedBoard imported,
                          options.format == "lava"
                              ? ImportLava(text, file, name)
                              : ImportLabgrid(text, file, name, options.group));
  ROXLAB_RETURN_IF_ERROR(WriteFileAtomically(path, WriteBoard(imported.board)));
  std::cout << path.string() << "\n";
  PrintEach("not carried over: ", imported.left_out);
  PrintEach("to be written by you: ", imported.to_write);
  return kExitOk;
}

}  // namespace roxlab
