// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ssh_server.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/tcp.h"
#include "tests/support/tcp_listener.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// The processes whose parent is `parent`.
std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& task : fs::directory_iterator(absl::StrCat("/proc/", parent, "/task"))) {
    std::ifstream file(task.path() / "children");
    for (pid_t child = 0; file >> child;) children.push_back(child);
  }
  return children;
}

}  // namespace

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

SshServer::SshServer() : home_(*TempDir::Make(::testing::TempDir(), "ssh-")) {
  Generate("host", "ed25519");
  Generate("user", "ed25519");
  fs::copy_file(home() / "user.pub", home() / "authorized_keys");
  // sshd insists on its folder.
  std::error_code ignored;
  fs::create_directories("/run/sshd", ignored);
  Start();
}

void SshServer::Generate(const std::string& name, const std::string& type) const {
  Command command;
  command.argv = {"ssh-keygen", "-q", "-t", type, "-N", "", "-f", (home() / name).string()};
  const auto made = RunAndRead(command);
  EXPECT_TRUE(made.ok()) << made.status();
}

void SshServer::Start() {
  // Another process may take the port before sshd does.
  for (int attempt = 0; attempt < 5; ++attempt) {
    port_ = TcpListener().port();  // One that was free a moment ago.
    const std::string config =
        absl::StrCat("ListenAddress 127.0.0.1\nPort ", port_, "\nHostKey ",
                     (home() / "host").string(), "\nAuthorizedKeysFile ",
                     (home() / "authorized_keys").string(), "\nPidFile ", (home() / "pid").string(),
                     "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
                     "KbdInteractiveAuthentication no\nSetEnv SHLVL=1 PATH=",
                     (home() / "bin").string(),
                     ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nMaxStartups "
                     "100\nSubsystem sftp internal-sftp\n");
    EXPECT_TRUE(WriteFileAtomically(home() / "sshd_config", config).ok());
    // It goes with us, even if we are killed.
    sshd_ = std::make_unique<BackgroundProgram>(
        std::vector<std::string>{"setpriv", "--pdeathsig", "KILL", "/usr/sbin/sshd", "-D", "-e",
                                 "-f", (home() / "sshd_config").string()},
        std::vector<std::pair<std::string, std::string>>{});
    const absl::Time end = Soon();
    while (sshd_->running() && absl::Now() < end)
      if (ConnectTcp("127.0.0.1", port_, end, StopToken()).ok()) return;
  }
  FAIL() << "sshd does not start: " << sshd_->output();
}

SshTarget SshServer::target() const {
  SshTarget target;
  target.board = "local";
  target.host = "127.0.0.1";
  target.port = port_;
  target.user = "root";
  if (const char* user = getenv("USER"); geteuid() != 0 && user != nullptr) target.user = user;
  target.key = home() / "user";
  target.host_key = *ParseHostKey(*ReadFile(home() / "host.pub"));
  return target;
}

std::unique_ptr<SshSession> SshServer::Connect() const {
  auto session = SshSession::Connect(target(), Soon(), StopToken());
  EXPECT_TRUE(session.ok()) << session.status() << sshd_->output();
  return session.ok() ? *std::move(session) : nullptr;
}

void SshServer::CutLinks() {
  std::ifstream file(home() / "pid");
  pid_t listener = 0;
  ASSERT_TRUE(file >> listener);
  for (const pid_t child : ChildrenOf(listener)) {
    // The session first: it would tell of the end of its command.
    const auto commands = ChildrenOf(child);
    kill(child, SIGKILL);
    for (const pid_t command : commands) kill(command, SIGKILL);
  }
}

void SshServer::ChangeHostKey() {
  sshd_.reset();
  fs::remove(home() / "host");
  fs::remove(home() / "host.pub");
  Generate("host", "ed25519");
  Start();
}

}  // namespace roxlab
