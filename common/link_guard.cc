// SPDX-License-Identifier: Apache-2.0
#include "common/link_guard.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace roxlab {

namespace {

// By another number for the socket, so that closing the first cannot mislead us.
std::function<void()> ShutDown(int socket) {
  auto mine = std::make_shared<UniqueFd>(fcntl(socket, F_DUPFD_CLOEXEC, 3));
  return [mine] { shutdown(mine->get(), SHUT_RDWR); };
}

}  // namespace

LinkGuard::LinkGuard(std::function<void()> cut, absl::Time deadline, const StopToken& stop)
    : cut_(std::move(cut)),
      done_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this, deadline, stop] { Watch(deadline, stop); }) {}

LinkGuard::LinkGuard(int socket, absl::Time deadline, const StopToken& stop)
    : LinkGuard(ShutDown(socket), deadline, stop) {}

LinkGuard::~LinkGuard() {
  eventfd_write(done_.get(), 1);
  thread_.join();
}

void LinkGuard::Watch(absl::Time deadline, const StopToken& stop) {
  const absl::Status status = PollUntil(done_.get(), POLLIN, deadline, stop);
  if (status.ok()) return;
  cause_ = status.code();
  cut_();
}

absl::Status LinkGuard::Verdict(absl::string_view what) const {
  const absl::StatusCode cause = cause_;
  if (cause == absl::StatusCode::kOk) return absl::OkStatus();
  const absl::string_view how =
      cause == absl::StatusCode::kCancelled ? ": stopped" : ": not done within its time";
  return absl::Status(cause, absl::StrCat(what, how));
}

}  // namespace roxlab
