// SPDX-License-Identifier: Apache-2.0
#include "tests/support/lab_process.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/files.h"

namespace roxlab {
namespace fs = std::filesystem;

struct BackgroundProgram::Said {
  absl::Mutex mutex;
  std::string text;
};

BackgroundProgram::BackgroundProgram(std::vector<std::string> argv,
                                     std::vector<std::pair<std::string, std::string>> environment)
    : said_(std::make_shared<Said>()) {
  Command command;
  // Also when the test is killed.
  command.argv = {"setpriv", "--pdeathsig", "KILL", "--"};
  command.argv.insert(command.argv.end(), argv.begin(), argv.end());
  command.environment = std::move(environment);
  command.on_output = [said = said_](absl::string_view bytes) {
    absl::MutexLock lock(&said->mutex);
    absl::StrAppend(&said->text, bytes);
  };
  result_ = std::async(std::launch::async, [command = std::move(command), stop = stop_] {
    return RunProcess(command, stop);
  });
}

BackgroundProgram::~BackgroundProgram() { Kill(); }

void BackgroundProgram::Kill() {
  stop_.Stop();
  if (result_.valid()) result_.wait();
}

bool BackgroundProgram::running() {
  return result_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

std::string BackgroundProgram::output() {
  absl::MutexLock lock(&said_->mutex);
  return said_->text;
}

LabProcess::LabProcess(fs::path home, fs::path kernels)
    : home_(std::move(home)), kernels_(std::move(kernels)) {
  fs::create_directories(home_);
}

std::vector<std::pair<std::string, std::string>> LabProcess::Environment() const {
  return {{"ROXLAB_HOME", home_.string()},
          {"ROXLAB_CACHE", CacheDirectory().string()},
          {"ROXLAB_KERNELS", kernels_.string()}};
}

void LabProcess::StartServer() {
  const fs::path address = home_ / "server.address";
  fs::remove(address);
  server_ = std::make_unique<BackgroundProgram>(
      std::vector<std::string>{ROXLAB_BIN_DIR "/roxlabd", "--listen", "127.0.0.1:0", "--http",
                               "off"},
      Environment());
  const absl::Time limit = absl::Now() + absl::Seconds(60);
  while (!fs::exists(address) && server_->running() && absl::Now() < limit)
    absl::SleepFor(absl::Milliseconds(10));
  ASSERT_TRUE(fs::exists(address)) << server_->output();
}

void LabProcess::StartRunner(const std::vector<std::string>& options) {
  std::vector<std::string> argv = {ROXLAB_BIN_DIR "/roxlab-runner"};
  argv.insert(argv.end(), options.begin(), options.end());
  runner_ = std::make_unique<BackgroundProgram>(std::move(argv), Environment());
}

CliResult LabProcess::Cli(const std::vector<std::string>& words) const {
  Command command;
  command.argv = {ROXLAB_BIN_DIR "/roxlab"};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.environment = Environment();
  absl::StatusOr<ProcessResult> result = RunProcess(command);
  if (!result.ok()) return {-1, std::string(result.status().message())};
  return {result->exit_code, result->output};
}

std::string LabProcess::Write(const std::string& name, absl::string_view text) const {
  const fs::path path = home_ / name;
  EXPECT_TRUE(MakeDirectories(path.parent_path()).ok());
  EXPECT_TRUE(WriteFileAtomically(path, text).ok());
  return path.string();
}

fs::path CacheDirectory() {
  if (const char* cache = std::getenv("ROXLAB_CACHE")) return cache;
  const char* xdg = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  return xdg != nullptr ? fs::path(xdg) / "roxlab"
                        : fs::path(home == nullptr ? "/root" : home) / ".cache/roxlab";
}

}  // namespace roxlab
