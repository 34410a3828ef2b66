// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_SSH_HANDLES_H_
#define ROXLAB_BOARD_SSH_HANDLES_H_

#include <memory>

#include "board/libssh.h"
#include "board/ssh_session.h"

namespace roxlab {

// What SshSession owns of libssh. Internal to board/.
struct SshSession::Handles {
  SshSessionHandle session;
  std::unique_ptr<sftp_session_struct, FreeSsh> sftp;  // Ends before the session.

  int socket() const { return ssh_get_fd(session.get()); }
  bool connected() const { return ssh_is_connected(session.get()) != 0; }
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_SSH_HANDLES_H_
