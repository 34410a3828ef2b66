// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_LIBSSH_H_
#define ROXLAB_BOARD_LIBSSH_H_

#include <libssh/libssh.h>
#include <libssh/sftp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "board/host_key.h"
#include "common/process.h"

namespace roxlab {

// libssh's handles with owners. Internal to board/; one thread at a time per session.
struct FreeSsh {
  void operator()(ssh_session session) const {
    ssh_disconnect(session);
    ssh_free(session);
  }
  void operator()(ssh_key key) const { ssh_key_free(key); }
  void operator()(ssh_channel channel) const { ssh_channel_free(channel); }
  void operator()(ssh_event event) const { ssh_event_free(event); }
  void operator()(sftp_session sftp) const { sftp_free(sftp); }
  void operator()(char* text) const { ssh_string_free_char(text); }
};
using SshSessionHandle = std::unique_ptr<ssh_session_struct, FreeSsh>;
using SshKeyHandle = std::unique_ptr<ssh_key_struct, FreeSsh>;
using SshChannelHandle = std::unique_ptr<ssh_channel_struct, FreeSsh>;
using SshEventHandle = std::unique_ptr<ssh_event_struct, FreeSsh>;
using SshText = std::unique_ptr<char, FreeSsh>;

// A session whose keys are exchanged: whom we talk to is not checked yet and nobody is logged in.
// `prefer` is the type of host key to ask for first; empty: libssh's order. UNAVAILABLE,
// DEADLINE_EXCEEDED, CANCELLED.
absl::StatusOr<SshSessionHandle> ExchangeKeys(const std::string& host, uint32_t port,
                                              const std::string& prefer, absl::Time deadline,
                                              const StopToken& stop);

// The key that the host has proven to have.
absl::StatusOr<HostKey> ServerKey(ssh_session session);

}  // namespace roxlab

#endif  // ROXLAB_BOARD_LIBSSH_H_
