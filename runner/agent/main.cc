// SPDX-License-Identifier: Apache-2.0
//
// roxlab-runner: does builds and runs for a roxlab server.

#include <grpcpp/create_channel.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "board/board_file.h"
#include "client/address.h"
#include "client/channel.h"
#include "common/log.h"
#include "common/process.h"
#include "common/signals.h"
#include "common/status_macros.h"
#include "roxlab/v1/settings.pb.h"
#include "runner/agent/agent.h"
#include "runner/agent/board_keeper.h"
#include "runner/agent/self_check.h"
#include "runner/build/base_store.h"
#include "runner/build/execute_build.h"
#include "runner/machine/execute_run.h"
#include "spec/settings.h"

namespace roxlab {
namespace {
namespace fs = std::filesystem;

std::string HostName() {
  char name[256] = "runner";
  gethostname(name, sizeof name - 1);
  return name;
}

uint32_t MachineMemoryMib() {
  return static_cast<uint32_t>((sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE)) >> 20);
}

// Settings whose default depends on the machine.
void Derive(v1::RunnerSettings& settings) {
  const uint32_t cpus = std::max(1u, std::thread::hardware_concurrency());
  if (settings.server().empty()) {
    settings.set_server(DefaultServerAddress(settings.home()));
    const fs::path own = fs::path(settings.home()) / kOwnTokenFile;
    if (settings.token_file().empty() && access(own.c_str(), R_OK) == 0)
      settings.set_token_file(own.string());
  }
  if (settings.name().empty()) settings.set_name(HostName());
  if (settings.cache().empty()) settings.set_cache((fs::path(settings.home()) / "runner").string());
  if (settings.run_slots() == 0) settings.set_run_slots(cpus);
  if (settings.run_memory_mib() == 0) settings.set_run_memory_mib(MachineMemoryMib() / 4 * 3);
  if (settings.make_jobs() == 0) settings.set_make_jobs(cpus);
  if (settings.probe().empty())
    settings.set_probe(
        (fs::read_symlink("/proc/self/exe").parent_path() / "roxlab-probe").string());
  if (settings.boards().empty()) settings.set_boards(BoardsOf(settings.home()).string());
  // What every machine of a QEMU runner has.
  settings.add_tags("arch=arm64");
  settings.add_tags("machine=qemu");
}

// The boards of this runner, each with its keeper.
class Boards {
 public:
  explicit Boards(const fs::path& directory) : directory_(directory) {}

  // Files that are wrong are named, and their boards left out.
  absl::Status Load() {
    ROXLAB_ASSIGN_OR_RETURN(BoardFiles files, LoadBoards(directory_));
    for (const absl::Status& error : files.errors)
      spdlog::error("board left out: {}", std::string(error.message()));
    for (v1::Board& board : files.boards) {
      const std::string name = board.name();
      keepers_[name] = std::make_unique<BoardKeeper>(std::move(board), directory_);
    }
    return absl::OkStatus();
  }
  std::vector<v1::BoardReport> Report() const {
    std::vector<v1::BoardReport> reports;
    for (const auto& [name, keeper] : keepers_) reports.push_back(keeper->Report());
    return reports;
  }
  absl::StatusOr<BoardInUse> Take(const std::string& name, const std::string& purpose,
                                  const StopToken& stop) const {
    auto found = keepers_.find(name);
    if (found == keepers_.end())
      return absl::NotFoundError(absl::StrCat("this runner has no board '", name, "'"));
    ROXLAB_ASSIGN_OR_RETURN(std::shared_ptr<BoardKeeper::Use> use,
                            found->second->Take(purpose, stop));
    return BoardInUse{found->second->board(), directory_, std::move(use)};
  }

 private:
  const fs::path directory_;
  std::map<std::string, std::unique_ptr<BoardKeeper>> keepers_;
};

JobResult Execute(const v1::RunnerSettings& settings, const Boards& boards, const v1::Job& job,
                  JobContext& context) {
  if (job.has_run())
    return ExecuteRun(
        job.run(),
        {.probe = settings.probe(),
         .board_probe = fs::path(settings.probe()).parent_path() / "roxlab-board-probe",
         .take_board = [&](const std::string& name, const std::string& purpose,
                           const StopToken& stop) { return boards.Take(name, purpose, stop); },
         .qemu = settings.qemu(),
         .observe = settings.outside_walk(),
         .kcore = settings.kcore_walk()},
        context);
  return ExecuteBuild(job.build(), BuildSettingsOf(settings), context);
}

absl::Status Serve(const v1::RunnerSettings& settings, const StopToken& stop) {
  AgentOptions options;
  options.name = settings.name();
  options.version = ROXLAB_VERSION;
  options.tags = {settings.tags().begin(), settings.tags().end()};
  options.build_slots = settings.build_slots();
  options.run_slots = settings.run_slots();
  options.run_memory_mib = settings.run_memory_mib();
  options.home = fs::path(settings.home()) / "runner" / "agent";
  Boards boards(settings.boards());
  ROXLAB_RETURN_IF_ERROR(boards.Load());
  options.list_boards = [&] { return boards.Report(); };
  options.list_bases = [&] { return BaseStore(fs::path(settings.cache()) / "bases").List(); };
  options.check_self = [&] { return CheckSelf(settings); };
  options.execute = [&](const v1::Job& job, JobContext& context) {
    return Execute(settings, boards, job, context);
  };
  ROXLAB_ASSIGN_OR_RETURN(const Credentials credentials,
                          ReadCredentials({.token = settings.token_file(),
                                           .ca = settings.tls_ca(),
                                           .certificate = settings.tls_certificate(),
                                           .key = settings.tls_key()}));
  spdlog::info("runner {}: {} build and {} run slots, server {}", settings.name(),
               settings.build_slots(), settings.run_slots(), settings.server());
  return Agent(std::move(options), MakeChannel(settings.server(), credentials)).Run(stop);
}

int Main(int argc, char** argv) {
  CLI::App app("roxlab-runner: does builds and runs for a roxlab server.", "roxlab-runner");
  app.set_version_flag("--version", ROXLAB_VERSION);
  v1::RunnerSettings settings;
  bool check = false;
  app.add_flag("--check", check, "Only look whether builds and runs could be done here");
  SettingsOptions options(&app, &settings);
  CLI11_PARSE(app, argc, argv);
  absl::Status status = options.Load();
  if (status.ok()) status = SetUpLog(settings.log_level());
  if (!status.ok()) {
    std::cerr << "roxlab-runner: " << status.message() << "\n";
    return 2;
  }
  Derive(settings);
  if (check) {
    status = CheckSelf(settings);
    std::cout << (status.ok() ? "builds and runs can be done here" : std::string(status.message()))
              << "\n";
    return status.ok() ? 0 : 1;
  }
  StopToken stop = StopOnSignals();
  status = Serve(settings, stop);
  if (status.ok()) return 0;
  std::cerr << "roxlab-runner: " << status.message() << "\n";
  return 1;
}

}  // namespace
}  // namespace roxlab

int main(int argc, char** argv) { return roxlab::Main(argc, argv); }
