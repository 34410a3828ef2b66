// SPDX-License-Identifier: Apache-2.0
//
// roxlab: hand in kernel variants, watch them, compare what they do to the page tables.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <functional>
#include <iostream>

#include "absl/strings/match.h"
#include "cli/board/commands.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/errors.h"
#include "client/address.h"
#include "client/credentials.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// What the parser fills in, and the command that it chose.
struct Invocation {
  CliContext context;
  SubmitOptions submit;
  QuickOptions quick;
  OwnersOptions owners;
  ReportCommand report;
  BoardInvocation board;
  std::string id;
  CompareOptions compare;
  ListOptions list;
  RunnerOptions runner;
  std::string role = "submitter";
  std::string token_file, tls_ca;
  bool follow = false;
  uint64_t offset = 0;
  std::function<absl::StatusOr<int>()> command;
};

CLI::App* AddCommand(CLI::App& app, Invocation& in, const char* name, const char* help,
                     std::function<absl::StatusOr<int>()> command) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->add_flag("--json", in.context.json, "JSON instead of text");
  sub->callback([&in, command = std::move(command)] { in.command = command; });
  return sub;
}

void AddSubmitting(CLI::App& app, Invocation& in) {
  CLI::App* submit = AddCommand(app, in, "submit", "Hand in an experiment; prints its id",
                                [&in] { return Submit(in.context, in.submit); });
  submit->add_option("experiment", in.submit.experiment, "YAML file, or a name of the catalog")
      ->required();
  CLI::Option* check = submit->add_flag("--check", in.submit.check,
                                        "Only say what it would do, and how long that would take");
  submit->add_flag("--watch", in.submit.watch, "Watch it to its end and compare")->excludes(check);
  submit->add_option("--request-id", in.submit.request_id,
                     "The same id again gives the same experiment");

  CLI::App* run = AddCommand(app, in, "run", "Set a series against a variant, watch, compare",
                             [&in] { return Run(in.context, in.quick); });
  QuickOptions& quick = in.quick;
  run->add_option("--series", quick.series, "Patch file, mbox, or a series of the catalog");
  run->add_option("--base", quick.base, "Base of the series; default: the baseline's");
  run->add_option("--against", quick.against, "Baseline variant")->capture_default_str();
  run->add_option("--seeds", quick.seeds, "How many (8), which (3,5-7), or auto")
      ->capture_default_str();
  run->add_option("--machine", quick.machines, "Where to boot")->capture_default_str();
  run->add_option("--workload", quick.workloads, "What to do there")->capture_default_str();
  run->add_option("--config", quick.configs, "File with more configuration lines");
  run->add_option("--cmdline", quick.cmdline, "More kernel command line");
  run->add_option("--name", quick.name, "Name of the variant; default: the first series' file");
  run->add_option("--expect", quick.expect, "'METRIC below|above|equal [after PHASE]'");
}

void AddLooking(CLI::App& app, Invocation& in) {
  CLI::App* watch = AddCommand(app, in, "watch", "Follow an experiment to its end, then compare",
                               [&in] { return Watch(in.context, in.id); });
  watch->add_option("experiment", in.id, "Experiment id")->required();
  CLI::App* compare =
      AddCommand(app, in, "compare", "Each variant against the baseline, or any two variants",
                 [&in] { return CompareExperiment(in.context, in.compare); });
  compare->add_option("experiment", in.compare.experiment, "Experiment id; or ID/VARIANT of two")
      ->required();
  compare->add_option("candidate", in.compare.candidate,
                      "ID/VARIANT to set beside the first; two ids: each variant beside itself");
  compare->add_flag("--all", in.compare.all, "Every metric");
  CLI::App* list = AddCommand(app, in, "list", "Experiments, searched and sorted",
                              [&in] { return List(in.context, in.list); });
  list->add_option("--search", in.list.search, "In name, title, submitter; or how an id begins");
  list->add_option("--state", in.list.states, "Only these; may be repeated")
      ->check(CLI::IsMember({"queued", "running", "done"}))
      ->expected(1);
  list->add_option("--verdict", in.list.verdicts, "Only these; may be repeated")
      ->check(CLI::IsMember({"pass", "fail", "error", "cancelled"}))
      ->expected(1);
  list->add_option("--sort", in.list.sort, "Which come first")
      ->check(CLI::IsMember({"newest", "oldest", "name"}))
      ->capture_default_str();
  list->add_option("--limit", in.list.limit, "How many")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  CLI::App* show =
      AddCommand(app, in, "show", "An experiment, run or build; without id: the newest",
                 [&in] { return Show(in.context, in.id); });
  show->add_option("id", in.id, "Id; may be shortened");
  CLI::App* log = AddCommand(app, in, "log", "Compiler output of a build, console of a run",
                             [&in] { return Log(in.context, in.id, in.follow, in.offset); });
  log->add_option("id", in.id, "Id of a build or run")->required();
  log->add_flag("-f,--follow", in.follow, "Stay until it is done");
  log->add_option("--offset", in.offset, "Byte to start at");
  CLI::App* cancel = AddCommand(app, in, "cancel", "Cancel what is not done of an experiment",
                                [&in] { return Cancel(in.context, in.id); });
  cancel->add_option("experiment", in.id, "Experiment id")->required();
  AddCommand(app, in, "runners", "Who does the work", [&in] { return Runners(in.context); });
  AddCommand(app, in, "boards", "Physical boards, and how they are",
             [&in] { return Boards(in.context); });
  AddCommand(app, in, "kernels", "Bases, series, variants, machines, workloads, experiments",
             [&in] { return Kernels(in.context); });
}

void AddRunner(CLI::App& app, Invocation& in) {
  CLI::App* group = app.add_subcommand("runner", "Pause a runner, let it go on");
  group->require_subcommand(1);
  CLI::App* pause =
      AddCommand(*group, in, "pause", "Give it no more jobs; it ends those it has", [&in] {
        in.runner.pause = true;
        return SetRunner(in.context, in.runner);
      });
  pause->add_option("runner", in.runner.name, "As 'roxlab runners' lists it")->required();
  pause->add_option("--reason", in.runner.reason, "Why, for others");
  pause->add_flag("--drain", in.runner.drain, "Wait until it has no job");
  CLI::App* resume = AddCommand(*group, in, "resume", "Give it jobs again, also out of quarantine",
                                [&in] { return SetRunner(in.context, in.runner); });
  resume->add_option("runner", in.runner.name, "As 'roxlab runners' lists it")->required();
}

void AddTokens(CLI::App& app, Invocation& in) {
  CLI::App* group = app.add_subcommand("token", "Who may use a server with TLS");
  group->require_subcommand(1);
  CLI::App* add = AddCommand(*group, in, "add", "Make a token and print it, once",
                             [&in] { return AddToken(in.context, in.id, in.role); });
  add->add_option("name", in.id, "Whose it is; a runner's: the runner's name")->required();
  add->add_option("--role", in.role, "What it is good for")
      ->check(CLI::IsMember({"viewer", "submitter", "runner", "admin"}))
      ->capture_default_str();
  AddCommand(*group, in, "list", "Tokens that there are", [&in] { return Tokens(in.context); });
  CLI::App* revoke = AddCommand(*group, in, "revoke", "Take a token back, at once",
                                [&in] { return RevokeToken(in.context, in.id); });
  revoke->add_option("name", in.id, "As 'roxlab token list' has it")->required();
  AddCommand(app, in, "whoami", "Whose token the server sees",
             [&in] { return WhoAmI(in.context); });
  CLI::App* audit = AddCommand(app, in, "audit", "Who changed what, newest first",
                               [&in] { return Audit(in.context, in.list.limit); });
  audit->add_option("--limit", in.list.limit, "How many")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
}

// Where the server is, and what is shown to it.
absl::Status Connect(Invocation& in) {
  CliContext& context = in.context;
  CredentialFiles files = {.token = in.token_file, .ca = in.tls_ca};
  if (context.server.empty()) {
    context.server = DefaultServerAddress(LabHome());
    // Only to the server whose it is.
    const std::filesystem::path own = LabHome() / kOwnTokenFile;
    if (files.token.empty() && access(own.c_str(), R_OK) == 0) files.token = own;
  }
  if (!absl::StartsWith(context.server, kTlsScheme)) return absl::OkStatus();
  ROXLAB_ASSIGN_OR_RETURN(context.credentials, ReadCredentials(files));
  if (const char* token = std::getenv("ROXLAB_TOKEN"); token != nullptr)
    context.credentials.token = token;
  return absl::OkStatus();
}

void AddEvidence(CLI::App& app, Invocation& in) {
  CLI::App* report = AddCommand(app, in, "report", "An experiment as evidence to send to others",
                                [&in] { return WriteReport(in.context, in.report); });
  report->add_option("experiment", in.report.id, "Experiment id")->required();
  report->add_option("--format", in.report.format, "What to print")
      ->check(CLI::IsMember({"markdown", "html", "csv", "json"}))
      ->capture_default_str();
  report->add_flag("--all", in.report.all, "Every metric; csv and json always have them");
  report
      ->add_option("--metric", in.report.metrics,
                   "Only this one in tables, e.g. linear.l3_entries; may be repeated")
      ->expected(1);
  CLI::App* owners = AddCommand(app, in, "owners", "Who splits the blocks of the linear map",
                                [&in] { return Owners(in.context, in.id, in.owners); });
  owners->add_option("id", in.id, "Run id; or experiment id, for means over its seeds")->required();
  owners->add_option("--phase", in.owners.phase, "Only after this phase");
  owners->add_flag("--all", in.owners.all, "Every owner of a run");
  // A script is its own form, so there is no --json.
  CLI::App* reproduce =
      app.add_subcommand("reproduce", "Print a shell script that does a run again, without roxlab");
  reproduce->add_option("run", in.id, "Run id")->required();
  reproduce->callback([&in] { in.command = [&in] { return Reproduce(in.context, in.id); }; });
}

int Main(int argc, char** argv) {
  setenv("GRPC_VERBOSITY", "NONE", 0);  // What goes wrong is in the status as well.
  CLI::App app("roxlab: hand in kernel variants, compare what they do to the page tables.",
               "roxlab");
  Invocation in;
  app.set_version_flag("--version", ROXLAB_VERSION);
  app.add_option("--server", in.context.server,
                 "gRPC address; default: what ROXLAB_HOME/server.address says")
      ->envname("ROXLAB_SERVER");
  app.add_option("--token-file", in.token_file,
                 "File with your token, for a server that asks for one; or the token itself in "
                 "ROXLAB_TOKEN")
      ->envname("ROXLAB_TOKEN_FILE");
  app.add_option("--tls-ca", in.tls_ca,
                 "PEM file with the authority that signed the server's certificate; default: the "
                 "system's")
      ->envname("ROXLAB_TLS_CA");
  app.footer(kExitStatusHelp);
  app.require_subcommand(1);
  app.fallthrough();
  AddSubmitting(app, in);
  AddLooking(app, in);
  AddRunner(app, in);
  AddTokens(app, in);
  AddEvidence(app, in);
  AddBoard(app, in.board, LabHome(), &in.command);
  app.add_subcommand("completion", "Print a bash completion script")->callback([&] {
    in.command = [&app]() -> absl::StatusOr<int> {
      std::cout << BashCompletion(app);
      return kExitOk;
    };
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  absl::Status connected = Connect(in);
  absl::StatusOr<int> status = connected.ok() ? in.command() : connected;
  return status.ok() ? *status : PrintError(status.status(), in.context.server);
}

}  // namespace
}  // namespace roxlab

int main(int argc, char** argv) { return roxlab::Main(argc, argv); }
