// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace roxlab {
namespace {

std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

}  // namespace

std::string BashCompletion(const CLI::App& app) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(command->get_name());
    absl::StrAppend(&cases, "      ", command->get_name(), ") words=\"",
                    absl::StrJoin(OptionsOf(*command), " "), "\" ;;\n");
  }
  const std::string& name = app.get_name();
  return absl::StrCat("_", name,
                      "() {\n"
                      "  local word=${COMP_WORDS[COMP_CWORD]} words=\"",
                      absl::StrJoin(commands, " "), " ", absl::StrJoin(OptionsOf(app), " "),
                      "\" i\n"
                      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                      "    case ${COMP_WORDS[i]} in\n",
                      cases,
                      "    esac\n"
                      "  done\n"
                      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                      "}\n"
                      "complete -o default -F _",
                      name, " ", name, "\n");
}

}  // namespace roxlab
