// SPDX-License-Identifier: Apache-2.0
#include "board/libssh.h"

#include <fcntl.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "board/tcp.h"
#include "common/link_guard.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

// `prefer` first, then the rest, so that another type is seen as another key, not as no key.
std::string HostKeyOrder(const std::string& prefer) {
  constexpr absl::string_view kAll =
      "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
      "rsa-sha2-512,rsa-sha2-256";
  std::vector<std::string> first, rest;
  for (absl::string_view type : absl::StrSplit(kAll, ',')) {
    const bool rsa = prefer == "ssh-rsa" && absl::StartsWith(type, "rsa-");
    (type == prefer || rsa ? first : rest).emplace_back(type);
  }
  first.insert(first.end(), rest.begin(), rest.end());
  return absl::StrJoin(first, ",");
}

}  // namespace

absl::StatusOr<SshSessionHandle> ExchangeKeys(const std::string& host, uint32_t port,
                                              const std::string& prefer, absl::Time deadline,
                                              const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd socket, ConnectTcp(host, port, deadline, stop));
  SshSessionHandle session(ssh_new());
  if (session == nullptr) return absl::InternalError("libssh cannot make a session");
  const std::string order = HostKeyOrder(prefer);
  const int no = 0;
  const long patience = 24L * 3600;  // s; the guard ends what takes too long.
  ssh_options_set(session.get(), SSH_OPTIONS_HOST, host.c_str());
  ssh_options_set(session.get(), SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set(session.get(), SSH_OPTIONS_HOSTKEYS, order.c_str());
  ssh_options_set(session.get(), SSH_OPTIONS_TIMEOUT, &patience);
  LinkGuard guard(socket.get(), deadline, stop);
  const int fd = fcntl(socket.get(), F_DUPFD_CLOEXEC, 3);  // libssh closes the one that it gets.
  ssh_options_set(session.get(), SSH_OPTIONS_FD, &fd);
  if (ssh_connect(session.get()) == SSH_OK) return session;
  const std::string where = absl::StrCat("SSH with ", host, ":", port);
  ROXLAB_RETURN_IF_ERROR(guard.Verdict(where));
  return absl::UnavailableError(absl::StrCat(where, ": ", ssh_get_error(session.get())));
}

absl::StatusOr<HostKey> ServerKey(ssh_session session) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session, &raw) != SSH_OK)
    return absl::UnavailableError(absl::StrCat("no host key: ", ssh_get_error(session)));
  const SshKeyHandle key(raw);
  char* base64 = nullptr;
  if (ssh_pki_export_pubkey_base64(key.get(), &base64) != SSH_OK)
    return absl::InternalError("libssh cannot write the host key");
  const SshText text(base64);
  return HostKey{ssh_key_type_to_char(ssh_key_type(key.get())), text.get()};
}

}  // namespace roxlab
