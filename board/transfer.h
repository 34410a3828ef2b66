// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_TRANSFER_H_
#define ROXLAB_BOARD_TRANSFER_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "board/ssh_session.h"
#include "common/files.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// A file that a job needs on the board.
struct TransferFile {
  std::filesystem::path local;
  std::string sha256;  // Of its content, lower-case hex.
};

// What a Put cost.
struct TransferResult {
  std::map<std::string, std::string> paths;  // Where each file lies on the board, by its name.
  int sent = 0;                              // Files that were not there.
  uint64_t sent_bytes = 0;                   // As compressed, over the link.
};

// Brings files into WORK/cache/SHA256 of a board, executable, for its owner only. What is there
// already, by the hash of its content at that moment, is not sent. One thread; borrows the session.
// The board's lock is held by the caller: nobody else is in that folder.
class Transfer {
 public:
  // `scratch` is a local folder for what is compressed; a Put leaves nothing there.
  Transfer(SshSession& ssh, const v1::Board& board, std::filesystem::path scratch);

  // RESOURCE_EXHAUSTED when there is no room even after the cache gave back what is not of this
  // Put, oldest first; DATA_LOSS when what arrived has another hash; errors of SshSession. All of
  // it, or an error.
  absl::StatusOr<TransferResult> Put(const std::map<std::string, TransferFile>& files,
                                     absl::Time deadline, const StopToken& stop,
                                     const TransferProgress& progress = {});

  // Removes the cache.
  absl::Status Clear(absl::Time deadline, const StopToken& stop);

 private:
  struct Packed;
  absl::StatusOr<std::vector<std::string>> Missing(const std::vector<std::string>& hashes,
                                                   absl::Time deadline, const StopToken& stop);
  absl::Status MakeRoom(const std::vector<std::string>& keep, const std::vector<Packed>& packed,
                        absl::Time deadline, const StopToken& stop);
  absl::Status Send(const Packed& packed, absl::Time deadline, const StopToken& stop,
                    const TransferProgress& progress);
  std::string Cached(const std::string& name) const { return cache_ + "/" + name; }

  SshSession& ssh_;
  const std::string cache_;
  const uint64_t cache_bytes_;
  const std::filesystem::path scratch_;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_TRANSFER_H_
