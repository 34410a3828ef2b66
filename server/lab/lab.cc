// SPDX-License-Identifier: Apache-2.0
#include "server/lab/lab.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/credentials.h"
#include "common/status_macros.h"
#include "db/experiments.h"
#include "db/jobs.h"
#include "server/lab/dispatcher.h"
#include "server/lab/verdict.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

// More than there are CPUs, since most of them wait for the disk: who commits at the same time
// shares an fsync.
constexpr int kWorkers = 16;
constexpr absl::Duration kPauseBeforeVerdict = absl::Seconds(5);

absl::StatusOr<FileLock> LockHome(const fs::path& home) {
  absl::StatusOr<FileLock> lock = FileLock::Take(home / "server.lock");
  if (!absl::IsUnavailable(lock.status())) return lock;
  return absl::UnavailableError(absl::StrCat("another roxlabd uses the data directory ",
                                             home.string(),
                                             ": stop it, or choose another one with --home"));
}

}  // namespace

Lab::Lab(const v1::ServerSettings& settings, CatalogSource catalog, const Clock& clock,
         FileLock lock, std::unique_ptr<Database> db, std::unique_ptr<Gate> gate,
         ArtifactStore store, LogStore logs)
    : settings_(settings),
      catalog_(std::move(catalog)),
      clock_(clock),
      lock_(std::move(lock)),
      db_(std::move(db)),
      gate_(std::move(gate)),
      store_(std::move(store)),
      logs_(std::move(logs)),
      dispatcher_(std::make_unique<Dispatcher>(*this)),
      pool_(std::make_unique<WorkerPool>(kWorkers)) {}

Lab::~Lab() { dispatcher_->Stop(); }

absl::StatusOr<std::unique_ptr<Lab>> Lab::Open(const v1::ServerSettings& settings,
                                               CatalogSource catalog, const Clock& clock) {
  const fs::path home = settings.home();
  ROXLAB_RETURN_IF_ERROR(MakeDirectories(home));
  ROXLAB_ASSIGN_OR_RETURN(FileLock lock, LockHome(home));
  ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<Database> db, Database::Open(home / "lab.db"));
  const Gate::Options rules = {.asks = !settings.tls_certificate().empty(),
                               .asks_runner_certificate = !settings.tls_runner_ca().empty(),
                               .calls_per_second = settings.calls_per_second()};
  ROXLAB_ASSIGN_OR_RETURN(std::unique_ptr<Gate> gate,
                          Gate::Open(rules, *db, clock, home / kOwnTokenFile));
  ROXLAB_ASSIGN_OR_RETURN(ArtifactStore store, ArtifactStore::Open(home / "artifacts"));
  ROXLAB_ASSIGN_OR_RETURN(LogStore logs, LogStore::Open(home / "logs"));
  auto lab =
      absl::WrapUnique(new Lab(settings, std::move(catalog), clock, std::move(lock), std::move(db),
                               std::move(gate), std::move(store), std::move(logs)));
  ROXLAB_RETURN_IF_ERROR(lab->Resume());
  lab->dispatcher_->Start();
  return lab;
}

Lifecycle::Options Lab::Now() const {
  return {clock_.NowMs(), settings_.lease_ms(), settings_.max_attempts()};
}

absl::Status Lab::Resume() {
  Effects effects;
  ROXLAB_RETURN_IF_ERROR(db_->Write([&](Connection& connection) -> absl::Status {
    // Runners could not reach us meanwhile: each gets a whole lease from now to say that it lives.
    const Lifecycle::Options now = Now();
    ROXLAB_RETURN_IF_ERROR(JobTable(connection).ExtendAll(now.now_ms + now.lease_ms));
    ROXLAB_ASSIGN_OR_RETURN(std::vector<int64_t> complete, ExperimentTable(connection).Unjudged());
    effects.complete.insert(complete.begin(), complete.end());
    return absl::OkStatus();
  }));
  Publish(effects);
  return absl::OkStatus();
}

void Lab::Publish(const Effects& effects) {
  for (const std::string& target : effects.ended) progress_.Clear(target);
  if (!effects.changed.empty()) {
    events_.Notify(effects.changed);
    events_.Notify({kEverythingTopic});
  }
  if (effects.queue || !effects.runners.empty()) dispatcher_->Wake(effects.runners);
  for (int64_t experiment : effects.complete) {
    pool_->Submit([this, experiment] {
      absl::Status status = JudgeExperiment(*this, experiment);
      if (status.ok()) return;
      spdlog::error("no verdict for an experiment yet: {}", status.ToString());
      absl::MutexLock lock(&mutex_);
      unjudged_.insert(experiment);
      judge_again_ = absl::Now() + kPauseBeforeVerdict;
    });
  }
}

void Lab::Tick() {
  events_.Tick();
  Effects effects;
  {
    absl::MutexLock lock(&mutex_);
    if (unjudged_.empty() || absl::Now() < judge_again_) return;
    effects.complete.swap(unjudged_);
  }
  Publish(effects);
}

}  // namespace roxlab
