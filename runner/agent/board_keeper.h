// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_BOARD_KEEPER_H_
#define ROXLAB_RUNNER_AGENT_BOARD_KEEPER_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "board/board_lock.h"
#include "board/ssh_session.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"
#include "roxlab/v1/runner_hub.pb.h"

namespace roxlab {

// Keeps one board fit for work: brings it back to its resident kernel when the runner starts and
// after every run, checks it now and then, and puts one that does not come back in quarantine
// (boards.d/NAME.quarantine, with the reason; NAME.console, what it said; a person removes the
// first). It has the board's lock whenever it or a run does something to the board, and not while
// the board is idle. Thread-safe.
class BoardKeeper {
 public:
  BoardKeeper(v1::Board board, std::filesystem::path boards);
  ~BoardKeeper();
  BoardKeeper(const BoardKeeper&) = delete;
  BoardKeeper& operator=(const BoardKeeper&) = delete;

  const v1::Board& board() const { return board_; }
  // How it is now.
  v1::BoardReport Report() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The board for a run, from Take until it is destroyed; then the keeper brings it back.
  class Use {
   public:
    ~Use();

   private:
    friend BoardKeeper;
    explicit Use(BoardKeeper& keeper) : keeper_(keeper) {}
    BoardKeeper& keeper_;
  };
  // Waits until the board is ready. UNAVAILABLE: it is in quarantine; CANCELLED.
  absl::StatusOr<std::unique_ptr<Use>> Take(const std::string& purpose, const StopToken& stop)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Loop() ABSL_LOCKS_EXCLUDED(mutex_);
  // Gets the lock and brings the board back; sets the state.
  void Recover() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status Check(SshSession& ssh) const;
  // Takes the board out of service, and keeps why and what it last said.
  void Quarantine(std::string reason, const std::string& console) ABSL_LOCKS_EXCLUDED(mutex_);
  bool Lock(const std::string& purpose) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Set(v1::BoardState state, const std::string& reason = "") ABSL_LOCKS_EXCLUDED(mutex_);
  // The loop brings it back next.
  void SendBack() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What a look at the files tells of an idle board.
  void LookAround() ABSL_LOCKS_EXCLUDED(mutex_);

  const v1::Board board_;
  const std::filesystem::path boards_;
  StopToken leaving_;
  mutable absl::Mutex mutex_;
  v1::BoardState state_ ABSL_GUARDED_BY(mutex_) = v1::BOARD_RECOVERING;
  std::string reason_ ABSL_GUARDED_BY(mutex_) = "not looked at yet";
  std::string resident_ ABSL_GUARDED_BY(mutex_);
  std::optional<BoardLock> lock_ ABSL_GUARDED_BY(mutex_);
  bool used_ ABSL_GUARDED_BY(mutex_) = false;
  uint32_t jobs_until_check_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_BOARD_KEEPER_H_
