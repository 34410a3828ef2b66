// SPDX-License-Identifier: Apache-2.0
#include "cli/board/commands.h"

#include "board/board_file.h"
#include "cli/completion.h"
#include "cli/errors.h"

namespace roxlab {
namespace {

using Command = std::function<absl::StatusOr<int>()>;

constexpr char kAbout[] = "Boards of this host: their files in boards.d, without the server";
constexpr char kReserveEnd[] =
    "The reservation is this process: it ends with the command, with Ctrl-C or --for, or when the\n"
    "process is killed, and nothing has to be released. Runs for the board wait meanwhile. To end\n"
    "that of somebody else, end the process that `roxlab board list` names.\n"
    "Exit status: the command's (128 + signal when one ended it); 7 when the board is taken.";

// Adds a command that works on boards.d; errors have nothing to do with a server.
CLI::App* AddCommand(CLI::App& group, Command* chosen, const char* name, const char* help,
                     const Command& command) {
  CLI::App* sub = group.add_subcommand(name, help);
  sub->callback([chosen, command] {
    *chosen = [command]() -> absl::StatusOr<int> {
      absl::StatusOr<int> status = command();
      return status.ok() ? *status : PrintError(status.status());
    };
  });
  return sub;
}

void AddName(CLI::App* command, BoardInvocation& in) {
  command->add_option("board", in.choice.name, "Its name: of boards.d/NAME.yaml")
      ->required()
      ->type_name(kBoardType);
}

void AddReserve(CLI::App& group, BoardInvocation& in, Command* chosen) {
  CLI::App* reserve = AddCommand(group, chosen, "reserve", "Keep runs off a board",
                                 [&in] { return ReserveBoard(in.choice, in.reserve); });
  AddName(reserve, in);
  reserve->add_option("command", in.reserve.command,
                      "What to run meanwhile, after --; without it: until Ctrl-C");
  CLI::Option* duration = reserve->add_option("--for", in.reserve.duration,
                                              "At most so long, e.g. 2h30m; ends the command");
  reserve->add_flag("--until-released", in.until_released, "Until it is given back; the default")
      ->excludes(duration);
  reserve->add_option("--reason", in.reserve.reason, "What others are told");
  reserve->add_flag("--wait", in.reserve.wait, "Until it is free; before the next run, if it can");
  reserve->footer(kReserveEnd);
}

void AddImport(CLI::App& group, BoardInvocation& in, Command* chosen) {
  CLI::App* import = AddCommand(group, chosen, "import", "Make a board's file from another lab's",
                                [&in] { return ImportBoard(in.choice, in.import); });
  import->add_option("format", in.import.format, "lava: a device dictionary; labgrid: a file")
      ->required()
      ->check(CLI::IsMember({"lava", "labgrid"}));
  import->add_option("file", in.import.file, "What to read")->required();
  import->add_option("--name", in.choice.name, "The board's name; default: the file's or group's");
  import->add_option("--group", in.import.group, "Group or target of a labgrid file with several");
  import->add_option("--output", in.import.output, "Where NAME.yaml goes; default: --boards");
  import->add_flag("--force", in.import.force, "Overwrite NAME.yaml");
}

}  // namespace

void AddBoard(CLI::App& app, BoardInvocation& in, const std::filesystem::path& home,
              Command* chosen) {
  CLI::App* group = app.add_subcommand("board", kAbout);
  group->require_subcommand(1);
  in.choice.boards = BoardsOf(home);
  group
      ->add_option("--boards", in.choice.boards,
                   "Directory of the boards; default: ROXLAB_HOME/boards.d")
      ->envname("ROXLAB_BOARDS");
  CLI::App* list = AddCommand(*group, chosen, "list", "What is there, and who has it",
                              [&in] { return ListBoards(in.choice, in.only_names); });
  list->add_flag("--names", in.only_names, "Only their names, one a line");
  CLI::App* trust = AddCommand(*group, chosen, "trust", "Take down a board's host key",
                               [&in] { return TrustBoard(in.choice, in.trust); });
  AddName(trust, in);
  trust->add_flag("--yes", in.trust.yes, "Without asking");
  trust->add_flag("--replace", in.trust.replace, "Another key than the known one, too");
  CLI::App* check = AddCommand(*group, chosen, "check", "Try all that a run on a board needs",
                               [&in] { return CheckBoard(in.choice, in.power_cycle); });
  AddName(check, in);
  check->add_flag("--power-cycle", in.power_cycle, "Switch its power off and on, wait for SSH");
  AddReserve(*group, in, chosen);
  CLI::App* retry = AddCommand(*group, chosen, "retry", "Why a board is in quarantine; take it out",
                               [&in] { return RetryBoard(in.choice, in.yes); });
  AddName(retry, in);
  retry->add_flag("--yes", in.yes, "Without asking");
  AddImport(*group, in, chosen);
}

}  // namespace roxlab
