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

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// What may follow a command. Names of boards are valid names, so nothing in them is a shell's.
std::string WordsAfter(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : CommandsOf(app)) words.push_back(command->get_name());
  for (std::string& option : OptionsOf(app)) words.push_back(std::move(option));
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional() && option->get_type_name() == kBoardType)
      words.push_back("$(\"${COMP_WORDS[0]}\" board list --names 2>/dev/null)");
  return absl::StrJoin(words, " ");
}

// One line for each command beneath `app`, whose own words are `path`: "board/trust) ...".
void AddCases(const CLI::App& app, const std::string& path, std::string* cases) {
  for (const CLI::App* command : CommandsOf(app)) {
    const std::string here = absl::StrCat(path, command->get_name());
    absl::StrAppend(cases, "      ", here, ") words=\"", WordsAfter(*command), "\" path=", here,
                    "/ ;;\n");
    AddCases(*command, here + "/", cases);
  }
}

}  // namespace

std::string BashCompletion(const CLI::App& app) {
  std::string cases;
  AddCases(app, "", &cases);
  const std::string& name = app.get_name();
  return absl::StrCat("_", name,
                      "() {\n"
                      "  local word=${COMP_WORDS[COMP_CWORD]} words=\"",
                      WordsAfter(app),
                      "\" path= i\n"
                      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                      "    case $path${COMP_WORDS[i]} in\n",
                      cases,
                      "    esac\n"
                      "  done\n"
                      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                      "}\n"
                      "complete -o default -F _",
                      name, " ", name, "\n");
}

}  // namespace roxlab
