// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_COMPLETION_H_
#define ROXLAB_CLI_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <string>

namespace roxlab {

// A bash completion script for the program's commands and options, made from the parser itself.
std::string BashCompletion(const CLI::App& app);

}  // namespace roxlab

#endif  // ROXLAB_CLI_COMPLETION_H_
