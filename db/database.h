// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_DATABASE_H_
#define ROXLAB_DB_DATABASE_H_

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace roxlab {

class Connection;

// The lab's database file: one writing connection, a few reading ones (WAL: readers and the writer
// do not wait for each other). Thread-safe. Repositories work on the Connection that Write and
// Read hand out.
class Database {
 public:
  using Work = std::function<absl::Status(Connection&)>;

  // Opens or creates the file and applies the migrations; errors as in Migrate().
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::filesystem::path& path);
  ~Database();

  // Runs `work` in a transaction and returns when it is on the disk; when `work` or the commit
  // fails, nothing of it remains. Who writes at the same time shares one commit, so the cost of an
  // fsync does not limit the rate. `work` runs exactly once, in this or another writer's thread;
  // it must not call Write or Read, and what it does outside the database must wait for Write's
  // success.
  absl::Status Write(const Work& work) ABSL_LOCKS_EXCLUDED(mutex_);

  // Runs `work` on one consistent view of the database.
  absl::Status Read(const Work& work) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Writer;
  explicit Database(std::filesystem::path path, std::unique_ptr<Connection> writer);

  // Waits until `self` was written by another (empty), or must write the returned group.
  std::vector<Writer*> Join(Writer& self) ABSL_LOCKS_EXCLUDED(mutex_);
  void WriteGroup(const std::vector<Writer*>& group);
  void Leave(const std::vector<Writer*>& group) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<std::unique_ptr<Connection>> TakeReader() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::filesystem::path path_;
  // Used by the one thread whose group is being written.
  const std::unique_ptr<Connection> writer_;

  absl::Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Writer*> queue_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Connection>> readers_ ABSL_GUARDED_BY(mutex_);
  int readers_made_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_DATABASE_H_
