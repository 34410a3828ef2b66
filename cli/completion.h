// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_COMPLETION_H_
#define ROXLAB_CLI_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <string>

namespace roxlab {

// The type name of a parameter that is a board of this host: completion asks `board list --names`.
inline constexpr char kBoardType[] = "BOARD";

// A bash completion script for the program's commands, theirs, and options, made from the parser
// itself.
std::string BashCompletion(const CLI::App& app);

}  // namespace roxlab

#endif  // ROXLAB_CLI_COMPLETION_H_
