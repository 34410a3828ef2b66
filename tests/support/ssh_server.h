// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_TESTS_SUPPORT_SSH_SERVER_H_
#define ROXLAB_TESTS_SUPPORT_SSH_SERVER_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "board/ssh_session.h"
#include "common/files.h"
#include "tests/support/lab_process.h"

namespace roxlab {

// Debian's real sshd on a loopback port, with host keys, configuration and an authorised key of its
// own; who logs in is the user of the test. Ends with everything that it started.
class SshServer {
 public:
  // Fails the test when it does not come up.
  SshServer();

  // How to log in; keys and all are right.
  SshTarget target() const;
  // A session that the test may count on.
  std::unique_ptr<SshSession> Connect() const;

  // Kills the process that serves the open connections, as when a board dies; the listener lives.
  void CutLinks();
  // Another host key from now on, as after a new set-up of the board.
  void ChangeHostKey();
  // A folder of the test's own; programs in its bin/ come first in the PATH of who logs in.
  const std::filesystem::path& home() const { return home_.path(); }
  uint32_t port() const { return port_; }

 private:
  void Generate(const std::string& name, const std::string& type) const;
  void Start();

  TempDir home_;
  uint32_t port_ = 0;
  std::unique_ptr<BackgroundProgram> sshd_;
};

// Half a minute from now: enough for anything on loopback.
absl::Time Soon();

}  // namespace roxlab

#endif  // ROXLAB_TESTS_SUPPORT_SSH_SERVER_H_
