// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_LAB_H_
#define ROXLAB_SERVER_LAB_LAB_H_

#include <functional>
#include <memory>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/files.h"
#include "db/database.h"
#include "roxlab/v1/lab.pb.h"
#include "roxlab/v1/settings.pb.h"
#include "server/artifacts/artifact_store.h"
#include "server/auth/gate.h"
#include "server/lab/effects.h"
#include "server/lab/event_hub.h"
#include "server/lab/lifecycle.h"
#include "server/lab/log_store.h"
#include "server/lab/progress.h"
#include "server/lab/worker_pool.h"

namespace roxlab {

class Dispatcher;

// Reads everything below kernels/, with content. Called for each submission, so that an edited
// file counts at once.
using CatalogSource = std::function<absl::StatusOr<v1::Catalog>()>;

// The server without its network: owns what the managers and handlers borrow. Thread-safe; lives
// longer than everything that works with it.
class Lab {
 public:
  // Opens the data directory, which nobody else may have open (UNAVAILABLE), and goes on where an
  // earlier process stopped. `clock` must outlive the lab.
  static absl::StatusOr<std::unique_ptr<Lab>> Open(const v1::ServerSettings& settings,
                                                   CatalogSource catalog, const Clock& clock);
  // Answers waiting runners, ends its threads.
  ~Lab();

  const v1::ServerSettings& settings() const { return settings_; }
  const Clock& clock() const { return clock_; }
  Database& db() { return *db_; }
  Gate& gate() { return *gate_; }
  const ArtifactStore& store() const { return store_; }
  LogStore& logs() { return logs_; }
  EventHub& events() { return events_; }
  ProgressBoard& progress() { return progress_; }
  WorkerPool& pool() { return *pool_; }
  Dispatcher& dispatcher() { return *dispatcher_; }
  absl::StatusOr<v1::Catalog> catalog() const { return catalog_(); }

  // Rules and time of this moment.
  Lifecycle::Options Now() const;
  // Makes known what a committed transaction changed.
  void Publish(const Effects& effects);
  // To be called now and then: verdicts that could not be written are tried again.
  void Tick();

 private:
  Lab(const v1::ServerSettings& settings, CatalogSource catalog, const Clock& clock, FileLock lock,
      std::unique_ptr<Database> db, std::unique_ptr<Gate> gate, ArtifactStore store, LogStore logs);
  absl::Status Resume();

  const v1::ServerSettings settings_;
  const CatalogSource catalog_;
  const Clock& clock_;
  const FileLock lock_;
  const std::unique_ptr<Database> db_;
  const std::unique_ptr<Gate> gate_;
  const ArtifactStore store_;
  LogStore logs_;
  EventHub events_;
  ProgressBoard progress_;
  absl::Mutex mutex_;
  std::set<int64_t> unjudged_ ABSL_GUARDED_BY(mutex_);  // Whose verdict could not be written.
  absl::Time judge_again_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<WorkerPool> pool_;  // Last: its work uses everything above until it has ended.
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_LAB_H_
