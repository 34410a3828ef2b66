// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_BOARD_COMMANDS_H_
#define ROXLAB_CLI_BOARD_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

// `roxlab board ...`: what works on boards.d of this host, with no server. One function per
// command, as in cli/commands.h.
namespace roxlab {

// What the commands have in common: which board, and the folder of its file.
struct BoardChoice {
  std::filesystem::path boards;
  std::string name;
};

struct TrustOptions {
  bool yes = false;      // Without asking.
  bool replace = false;  // Another key than the known one.
};
absl::StatusOr<int> TrustBoard(const BoardChoice& choice, const TrustOptions& options);

absl::StatusOr<int> CheckBoard(const BoardChoice& choice, bool power_cycle);

struct ReserveOptions {
  std::string duration;              // "2h30m"; empty: until it is given back.
  std::string reason;                // For those who want the board meanwhile.
  bool wait = false;                 // Until it is free.
  std::vector<std::string> command;  // Empty: until Ctrl-C.
};
absl::StatusOr<int> ReserveBoard(const BoardChoice& choice, const ReserveOptions& options);

// Takes a board out of quarantine.
absl::StatusOr<int> RetryBoard(const BoardChoice& choice, bool yes);

struct ImportOptions {
  std::string format;            // "lava" or "labgrid".
  std::filesystem::path file;    // What to read.
  std::filesystem::path output;  // Empty: the folder of the boards.
  std::string group;             // Of a labgrid file.
  bool force = false;            // Over a file that is there.
};
absl::StatusOr<int> ImportBoard(const BoardChoice& choice, const ImportOptions& options);

// `only_names`: one a line, for completion.
absl::StatusOr<int> ListBoards(const BoardChoice& choice, bool only_names);

// What the parser fills in for them.
struct BoardInvocation {
  BoardChoice choice;
  TrustOptions trust;
  ReserveOptions reserve;
  ImportOptions import;
  bool yes = false, power_cycle = false, only_names = false;
  bool until_released = false;  // What happens anyway.
};

// Adds `board` to the parser; `chosen` becomes the command that it found. `home`: the data
// directory whose boards.d it is when nobody says otherwise.
void AddBoard(CLI::App& app, BoardInvocation& in, const std::filesystem::path& home,
              std::function<absl::StatusOr<int>()>* chosen);

}  // namespace roxlab

#endif  // ROXLAB_CLI_BOARD_COMMANDS_H_
