// SPDX-License-Identifier: Apache-2.0
#include "board/board_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/names.h"
#include "common/printable.h"
#include "common/status_macros.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// One line each: process, host, milliseconds since 1970, purpose.
std::string Write(const BoardOwner& owner) {
  return absl::StrCat(owner.pid, "\n", owner.host, "\n", absl::ToUnixMillis(owner.since), "\n",
                      owner.purpose, "\n");
}

std::optional<BoardOwner> Parse(absl::string_view text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  BoardOwner owner;
  int64_t ms = 0;
  if (lines.size() < 4 || !absl::SimpleAtoi(lines[0], &owner.pid) ||
      !absl::SimpleAtoi(lines[2], &ms))
    return std::nullopt;
  owner.host = lines[1];
  owner.since = absl::FromUnixMillis(ms);
  owner.purpose = lines[3];
  return owner;
}

std::optional<BoardOwner> ReadOwner(int fd) {
  char buffer[4096];
  const ssize_t n = pread(fd, buffer, sizeof buffer, 0);
  return Parse(absl::string_view(buffer, static_cast<size_t>(n < 0 ? 0 : n)));
}

// Open-file-description locks: they go with the last descriptor as flock()'s do, and can be asked
// for without being taken.
bool Lock(int fd, int command, struct flock* lock) {
  *lock = {};
  lock->l_type = F_WRLCK;
  lock->l_whence = SEEK_SET;
  return fcntl(fd, command, lock) == 0;
}

absl::StatusOr<UniqueFd> OpenLock(const fs::path& boards, absl::string_view board,
                                  int flags = O_RDWR | O_CREAT) {
  if (!IsValidName(board))
    return absl::InvalidArgumentError(absl::StrCat("no board name: ", board));
  return OpenFile(boards / absl::StrCat(board, ".lock"), flags, 0644);
}

absl::Status CannotLock(absl::string_view board) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot lock board '", board, "'"));
}

}  // namespace

std::string BoardOwner::Describe() const {
  return absl::StrCat(purpose, " (process ", pid, " on ", host, ", since ",
                      absl::FormatTime(absl::RFC3339_sec, since, absl::LocalTimeZone()), ")");
}

absl::StatusOr<BoardLock> BoardLock::TryLock(const fs::path& boards, absl::string_view board,
                                             absl::string_view purpose) {
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, OpenLock(boards, board));
  struct flock lock_request;
  if (!Lock(fd.get(), F_OFD_SETLK, &lock_request)) {
    if (errno != EAGAIN && errno != EACCES) return CannotLock(board);
    const std::optional<BoardOwner> owner = ReadOwner(fd.get());
    return absl::UnavailableError(absl::StrCat(
        "board '", board, "' is taken: ", owner ? owner->Describe() : "by another process"));
  }
  return Sign(std::move(fd), board, purpose);
}

absl::StatusOr<BoardLock> BoardLock::Wait(const fs::path& boards, absl::string_view board,
                                          absl::string_view purpose, const StopToken& stop) {
  ROXLAB_ASSIGN_OR_RETURN(UniqueFd fd, OpenLock(boards, board));
  struct flock lock_request;
  while (!stop.stopped()) {
    if (Lock(fd.get(), F_OFD_SETLKW, &lock_request)) return Sign(std::move(fd), board, purpose);
    if (errno != EINTR) return CannotLock(board);
  }
  return absl::CancelledError(absl::StrCat("stopped while waiting for board '", board, "'"));
}

absl::StatusOr<BoardLock> BoardLock::Sign(UniqueFd fd, absl::string_view board,
                                          absl::string_view purpose) {
  BoardOwner owner;
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  owner.pid = getpid();
  owner.host = host;
  owner.since = absl::Now();
  const std::vector<absl::string_view> lines = absl::StrSplit(purpose, '\n');
  owner.purpose = Printable(lines[0], 200);
  const std::optional<BoardOwner> before = ReadOwner(fd.get());
  // Written before the old text is cut off, so that a reader never finds nothing.
  const std::string text = Write(owner);
  if (pwrite(fd.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
      ftruncate(fd.get(), static_cast<off_t>(text.size())) != 0)
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write the lock of board '", board, "'"));
  BoardLock lock(std::move(fd));
  lock.left_behind_ = before;
  return lock;
}

absl::StatusOr<BoardOwner> BoardLock::Owner(const fs::path& boards, absl::string_view board) {
  const absl::StatusOr<UniqueFd> opened = OpenLock(boards, board, O_RDONLY);
  const absl::Status nobody = absl::NotFoundError(absl::StrCat("nobody has board '", board, "'"));
  if (absl::IsNotFound(opened.status())) return nobody;  // Nobody ever had it.
  ROXLAB_RETURN_IF_ERROR(opened.status());
  const UniqueFd& fd = *opened;
  struct flock found;
  if (!Lock(fd.get(), F_OFD_GETLK, &found))
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot see the lock of board '", board, "'"));
  const std::optional<BoardOwner> owner = ReadOwner(fd.get());
  if (found.l_type == F_UNLCK) return nobody;
  return owner.value_or(BoardOwner{0, "?", "another process", absl::Now()});
}

void BoardLock::GiveBack() {
  [[maybe_unused]] const int cleared = fd_.valid() ? ftruncate(fd_.get(), 0) : 0;
}

BoardLock::~BoardLock() { GiveBack(); }

BoardLock& BoardLock::operator=(BoardLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(left_behind_, other.left_behind_);
  return *this;
}

}  // namespace roxlab
