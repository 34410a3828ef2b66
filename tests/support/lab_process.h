// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_LAB_PROCESS_H_
#define ROXLAB_TESTS_SUPPORT_LAB_PROCESS_H_

#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/process.h"

namespace roxlab {

// A program of ours that runs in the background until it is killed or the object ends.
class BackgroundProgram {
 public:
  BackgroundProgram(std::vector<std::string> argv,
                    std::vector<std::pair<std::string, std::string>> environment);
  ~BackgroundProgram();

  // SIGKILL, and waits for the end.
  void Kill();
  bool running();
  // What it said so far; whole only after its end.
  std::string output();

 private:
  StopToken stop_;
  std::future<absl::StatusOr<ProcessResult>> result_;
  struct Said;
  std::shared_ptr<Said> said_;
};

// What a call of the CLI gave.
struct CliResult {
  int status = -1;
  std::string output;
};

// The real binaries on one home: roxlabd and, if wanted, roxlab-runner.
class LabProcess {
 public:
  // `kernels` is the catalog; the caches are the ones that ./lab uses.
  LabProcess(std::filesystem::path home, std::filesystem::path kernels);

  // Returns when the server answers; fails the test when it does not come up.
  void StartServer();
  void StartRunner(const std::vector<std::string>& options = {});
  BackgroundProgram& server() { return *server_; }
  BackgroundProgram& runner() { return *runner_; }
  void StopRunner() { runner_.reset(); }
  void StopServer() { server_.reset(); }

  // `roxlab WORDS...` to its end.
  CliResult Cli(const std::vector<std::string>& words) const;

  // Writes a file beneath the home; returns its path.
  std::string Write(const std::string& name, absl::string_view text) const;

  const std::filesystem::path& home() const { return home_; }

 private:
  std::vector<std::pair<std::string, std::string>> Environment() const;

  const std::filesystem::path home_, kernels_;
  std::unique_ptr<BackgroundProgram> server_, runner_;
};

// The directory of imported bases and warm trees that ./lab uses.
std::filesystem::path CacheDirectory();

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_LAB_PROCESS_H_
