// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_AGENT_H_
#define ROXLAB_RUNNER_AGENT_AGENT_H_

#include <grpcpp/channel.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
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
  std::filesystem::path home;  // jobs/ and artifacts/ live here; one agent per home.
  // Which bases are imported; asked at the start and after each build.
  std::function<std::vector<v1::ImportedBase>()> list_bases;
  // Does a job; called in a thread of its own.
  std::function<JobResult(const v1::Job&, JobContext&)> execute;
};

// Keeps the server told of what this runner has and does what it wants: one loop of Synchronize
// calls, one thread per job.
class Agent {
 public:
  Agent(AgentOptions options, const std::shared_ptr<grpc::Channel>& channel);

  // Works until `stop`; then the jobs are stopped and given back to the server's queue. A server
  // that is away is waited for. FAILED_PRECONDITION when the server refuses this runner,
  // UNAVAILABLE when another agent uses the home.
  absl::Status Run(const StopToken& stop);

 private:
  struct ActiveJob {
    v1::Job job;
    std::shared_ptr<HubContext> context;
    std::thread thread;
    bool over = false;  // The server knows its end, or does not want to.
  };

  absl::Status Synchronize(const StopToken& stop);
  v1::SynchronizeRequest Request(bool leaving);
  void Start(const v1::Job& job);
  void Work(ActiveJob& active);
  void Finish(ActiveJob& active, const JobResult& result);
  void Reap();
  void SendLogs();

  const AgentOptions options_;
  const std::string session_;
  const std::unique_ptr<v1::RunnerHub::Stub> hub_;
  ArtifactClient artifacts_;
  StopToken leaving_;

  absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<ActiveJob>> jobs_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ImportedBase> bases_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> warm_builds_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_AGENT_H_
