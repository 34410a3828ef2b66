// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_BOARD_SSH_SESSION_H_
#define ROXLAB_BOARD_SSH_SESSION_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "board/host_key.h"
#include "common/process.h"
#include "roxlab/v1/board.pb.h"

namespace roxlab {

// Whom to log in to, and as whom.
struct SshTarget {
  std::string board;  // Its name, for messages.
  std::string host;
  uint32_t port = 22;
  std::string user;
  std::filesystem::path key;  // Private key without passphrase.
  HostKey host_key;           // The known one.
};

// From a board's file and its known host key beneath `boards`. FAILED_PRECONDITION with the remedy
// when no key is known.
absl::StatusOr<SshTarget> TargetOf(const v1::Board& board, const std::filesystem::path& boards);

// How a command on the board ended.
struct RemoteResult {
  int exit_status = -1;  // -1 when a signal ended it.
  std::string signal;    // "KILL"; empty: none.
  std::string output;    // Of standard output, the first MiB.
  std::string errors;    // Of standard error, the first 64 KiB.
  bool truncated = false;

  bool ok() const { return exit_status == 0; }
  // "exit status 2: LAST LINES OF errors", fit for a message.
  std::string Describe() const;
};

// A file in a folder of the board.
struct RemoteFile {
  std::string name;
  uint64_t bytes = 0;
  uint64_t modified = 0;  // Seconds since 1970 by the board's clock.
};

// Calls with what is done and the whole, in bytes.
using TransferProgress = std::function<void(uint64_t, uint64_t)>;

// A logged-in connection. One thread at a time. Every call ends by its deadline or soon after
// `stop`; after DEADLINE_EXCEEDED, CANCELLED or UNAVAILABLE the connection is gone, whoever wants
// to go on makes another. What runs on the board may run on.
class SshSession {
 public:
  // Connects, checks the host key against the known one, logs in with the key file. UNAVAILABLE:
  // nobody there; FAILED_PRECONDITION: another host key; PERMISSION_DENIED: log-in refused, or the
  // key file cannot be read.
  static absl::StatusOr<std::unique_ptr<SshSession>> Connect(const SshTarget& target,
                                                             absl::Time deadline,
                                                             const StopToken& stop);
  ~SshSession();

  // Runs a program of the board with these words, whatever bytes they have (no NUL, together at
  // most 100 KB: INVALID_ARGUMENT otherwise); `input` becomes its standard input. A failing program
  // is a result, not an error. Not for builtins of a shell.
  absl::StatusOr<RemoteResult> Run(const std::vector<std::string>& argv, absl::string_view input,
                                   absl::Time deadline, const StopToken& stop);
  // The same, where failing is an error: INTERNAL, with what it said. Gives its standard output.
  absl::StatusOr<std::string> RunAndRead(const std::vector<std::string>& argv, absl::Time deadline,
                                         const StopToken& stop);
  // As Run, but standard output goes to `sink` as it comes; an error of that ends the call.
  absl::StatusOr<RemoteResult> Stream(const std::vector<std::string>& argv,
                                      const std::function<absl::Status(absl::string_view)>& sink,
                                      absl::Time deadline, const StopToken& stop);

  // SFTP. FAILED_PRECONDITION when the board has no sftp-server; NOT_FOUND; RESOURCE_EXHAUSTED when
  // the disk is full. A file is written to REMOTE.part, then renamed: under its name it is whole.
  absl::Status Upload(const std::filesystem::path& local, const std::string& remote, int mode,
                      absl::Time deadline, const StopToken& stop,
                      const TransferProgress& progress = {});
  absl::Status Write(absl::string_view content, const std::string& remote, int mode,
                     absl::Time deadline, const StopToken& stop);
  // RESOURCE_EXHAUSTED when the file has more than `max_bytes`.
  absl::StatusOr<std::string> Download(const std::string& remote, uint64_t max_bytes,
                                       absl::Time deadline, const StopToken& stop);
  // At most `max_bytes` from `offset` on; empty at the end: for a file that grows.
  absl::StatusOr<std::string> ReadAt(const std::string& remote, uint64_t offset, uint64_t max_bytes,
                                     absl::Time deadline, const StopToken& stop);
  // Regular files, at most 10000; RESOURCE_EXHAUSTED when there are more.
  absl::StatusOr<std::vector<RemoteFile>> List(const std::string& directory, absl::Time deadline,
                                               const StopToken& stop);
  // A missing file is fine.
  absl::Status Remove(const std::string& remote, absl::Time deadline, const StopToken& stop);
  // Bytes that the file system of `directory` has left for the user.
  absl::StatusOr<uint64_t> FreeBytes(const std::string& directory, absl::Time deadline,
                                     const StopToken& stop);

 private:
  struct Handles;
  // The next bytes of a file, at most so many; empty at the end.
  using Source = std::function<absl::StatusOr<absl::string_view>(size_t)>;
  SshSession(std::string board, std::unique_ptr<Handles> handles);

  absl::Status Execute(const std::vector<std::string>& argv, absl::string_view input,
                       const std::function<absl::Status(absl::string_view)>& sink,
                       RemoteResult* result, absl::Time deadline, const StopToken& stop);
  // Runs `work` on the SFTP session, which is opened if it is not.
  absl::Status WithSftp(absl::string_view what, absl::Time deadline, const StopToken& stop,
                        const std::function<absl::Status()>& work);
  absl::Status Put(const Source& source, uint64_t size, const std::string& remote, int mode,
                   absl::Time deadline, const StopToken& stop, const TransferProgress& progress);
  absl::Status SftpError(absl::string_view what) const;
  absl::Status WriteError(const std::string& remote);

  std::string board_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace roxlab

#endif  // ROXLAB_BOARD_SSH_SESSION_H_
