// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_BOARD_LOCK_H_
#define ROXLAB_BOARD_BOARD_LOCK_H_

#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/files.h"
#include "common/process.h"

namespace roxlab {

// Who has a board, as the lock's file tells.
struct BoardOwner {
  int64_t pid = 0;
  std::string host;
  std::string purpose;  // One line: "run 7c1e...", "reserved by anna".
  absl::Time since;

  // "run 7c1e (process 812 on lab1, since 2026-01-01T10:00:00+00:00)"
  std::string Describe() const;
};

// The exclusive use of a board by a process of this host, for as long as it lives: the kernel takes
// it back when the process ends, however it does. boards.d/NAME.lock; never removed.
class BoardLock {
 public:
  // UNAVAILABLE naming the owner when somebody has it.
  static absl::StatusOr<BoardLock> TryLock(const std::filesystem::path& boards,
                                           absl::string_view board, absl::string_view purpose);
  // Waits until it is free. A handler of a signal may stop `stop`; it must not restart system calls
  // (SA_RESTART), or nothing ends the wait. CANCELLED.
  static absl::StatusOr<BoardLock> Wait(const std::filesystem::path& boards,
                                        absl::string_view board, absl::string_view purpose,
                                        const StopToken& stop);
  // Who has it now. NOT_FOUND when nobody has. Needs no right to write there.
  static absl::StatusOr<BoardOwner> Owner(const std::filesystem::path& boards,
                                          absl::string_view board);
  // Who had it last, and did not give it back by itself: its process ended in the midst, and the
  // board may be in any state. Nothing when the last owner gave it back.
  const std::optional<BoardOwner>& left_behind() const { return left_behind_; }

  BoardLock(BoardLock&&) noexcept = default;
  BoardLock& operator=(BoardLock&&) noexcept;
  ~BoardLock();

 private:
  explicit BoardLock(UniqueFd fd) : fd_(std::move(fd)) {}
  // The lock that `fd` has got, with its owner written down.
  static absl::StatusOr<BoardLock> Sign(UniqueFd fd, absl::string_view board,
                                        absl::string_view purpose);
  void GiveBack();

  UniqueFd fd_;
  std::optional<BoardOwner> left_behind_;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_BOARD_LOCK_H_
