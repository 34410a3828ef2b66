// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_JOBS_H_
#define ROXLAB_RUNNER_AGENT_JOBS_H_

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "roxlab/v1/runner_hub.grpc.pb.h"
#include "runner/agent/artifact_client.h"
#include "runner/agent/hub_context.h"
#include "runner/job.h"

namespace roxlab {

struct AgentOptions {
  std::string name;
  std::string version;
  std::vector<std::string> tags;
  uint32_t build_slots = 1;
  uint32_t run_slots = 1;
  uint32_t run_memory_mib = 0;  // For all runs together; 0: no limit.
  std::filesystem::path home;   // jobs/ and artifacts/ live here; one agent per home.
  // Which bases are imported; asked at the start and after each build.
  std::function<std::vector<v1::ImportedBase>()> list_bases;
  // How its boards are; asked with every call to the server.
  std::function<std::vector<v1::BoardReport>()> list_boards = {};
  // Looks whether jobs can be done here at all. OK, or what is wrong.
  std::function<absl::Status()> check_self = {};
  // Does a job; called in a thread of its own.
  std::function<JobResult(const v1::Job&, JobContext&)> execute;
};

// Waits for `ms` or until the token is stopped.
void PauseUnlessStopped(const StopToken& stop, int ms);

// How long to wait before a server that was away is asked again.
inline constexpr int kRetryMs = 500;

// The jobs that an agent has: a thread for each, and one that sends their logs. Thread-safe.
class Jobs {
 public:
  Jobs(const AgentOptions& options, v1::RunnerHub::Stub& hub, ArtifactClient& artifacts);
  // Stops all and waits for their ends.
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // Nothing happens for a job that is there already.
  void Start(const v1::Job& job);
  // Stops a job; it stays until its work has ended.
  void Drop(const std::string& id);
  // Lets go of jobs that are over.
  void Reap();
  // Fills in the jobs and how far they are, the imported bases and the builds made here.
  void Describe(v1::SynchronizeRequest* request);

 private:
  struct ActiveJob {
    v1::Job job;
    std::shared_ptr<HubContext> context;
    std::thread thread;
    bool over = false;  // The server knows its end, or does not want to.
  };

  void Work(ActiveJob& active);
  void Finish(ActiveJob& active, const JobResult& result);
  void SendLogs();

  const AgentOptions& options_;
  v1::RunnerHub::Stub& hub_;
  ArtifactClient& artifacts_;
  StopToken leaving_, logs_done_;

  absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<ActiveJob>> jobs_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ImportedBase> bases_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> warm_builds_ ABSL_GUARDED_BY(mutex_);
  std::thread log_sender_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_JOBS_H_
