// SPDX-License-Identifier: Apache-2.0
#include "board/ssh_session.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/ssh_handles.h"
#include "common/link_guard.h"
#include "common/printable.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

absl::Status CheckHostKey(const SshTarget& target, const HostKey& shown) {
  if (shown == target.host_key) return absl::OkStatus();
  ROXLAB_ASSIGN_OR_RETURN(const std::string known, Fingerprint(target.host_key));
  ROXLAB_ASSIGN_OR_RETURN(const std::string now, Fingerprint(shown));
  return absl::FailedPreconditionError(absl::StrCat(
      "the host key of board '", target.board, "' is not the known one: ", target.host, ":",
      target.port, " shows ", shown.type, " ", now, ", known is ", target.host_key.type, " ", known,
      "; if the board was set up anew, `roxlab board trust ", target.board,
      " --replace` takes it down"));
}

absl::Status LogIn(ssh_session session, const SshTarget& target) {
  ssh_key raw = nullptr;
  if (ssh_pki_import_privkey_file(target.key.c_str(), nullptr, nullptr, nullptr, &raw) != SSH_OK)
    return absl::PermissionDeniedError(
        absl::StrCat("cannot read a private key without passphrase from ", target.key.string()));
  const SshKeyHandle key(raw);
  switch (ssh_userauth_publickey(session, nullptr, key.get())) {
    case SSH_AUTH_SUCCESS:
      return absl::OkStatus();
    case SSH_AUTH_DENIED:
    case SSH_AUTH_PARTIAL:
      return absl::PermissionDeniedError(
          absl::StrCat("board '", target.board, "' refuses ", target.user, " with the key ",
                       target.key.string(), ": is its public half in authorized_keys there?"));
    default:
      return absl::UnavailableError(
          absl::StrCat("log-in on board '", target.board, "': ", ssh_get_error(session)));
  }
}

}  // namespace

absl::StatusOr<SshTarget> TargetOf(const v1::Board& board, const fs::path& boards) {
  SshTarget target;
  target.board = board.name();
  target.host = board.host();
  target.port = board.port();
  target.user = board.user();
  target.key = board.key();
  ROXLAB_ASSIGN_OR_RETURN(target.host_key,
                          LoadHostKey(HostKeyPath(boards, board.name()), board.name()));
  return target;
}

std::string RemoteResult::Describe() const {
  std::string said(absl::StripAsciiWhitespace(errors));
  if (said.size() > 2000) said.erase(0, said.size() - 2000);
  const std::string how =
      signal.empty() ? absl::StrCat("exit status ", exit_status) : absl::StrCat("signal ", signal);
  return said.empty() ? how : absl::StrCat(how, ": ", Printable(said, 2000));
}

SshSession::SshSession(std::string board, std::unique_ptr<Handles> handles)
    : board_(std::move(board)), handles_(std::move(handles)) {}

// libssh says good-bye in blocking writes; a board that has gone must not hold us up.
SshSession::~SshSession() {
  const LinkGuard guard(handles_->socket(), absl::Now() + absl::Seconds(2), StopToken());
  handles_.reset();
}

absl::StatusOr<std::unique_ptr<SshSession>> SshSession::Connect(const SshTarget& target,
                                                                absl::Time deadline,
                                                                const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(
      SshSessionHandle session,
      ExchangeKeys(target.host, target.port, target.host_key.type, deadline, stop));
  ROXLAB_ASSIGN_OR_RETURN(const HostKey shown, ServerKey(session.get()));
  ROXLAB_RETURN_IF_ERROR(CheckHostKey(target, shown));
  const LinkGuard guard(ssh_get_fd(session.get()), deadline, stop);
  ssh_options_set(session.get(), SSH_OPTIONS_USER, target.user.c_str());
  const absl::Status logged_in = LogIn(session.get(), target);
  ROXLAB_RETURN_IF_ERROR(guard.Verdict(absl::StrCat("log-in on board '", target.board, "'")));
  ROXLAB_RETURN_IF_ERROR(logged_in);
  auto handles = std::make_unique<Handles>();
  handles->session = std::move(session);
  return std::unique_ptr<SshSession>(new SshSession(target.board, std::move(handles)));
}

}  // namespace roxlab
