// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_AGENT_AGENT_H_
#define ROXLAB_RUNNER_AGENT_AGENT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "roxlab/v1/runner_hub.grpc.pb.h"
#include "runner/agent/artifact_client.h"
#include "runner/agent/jobs.h"
#include "runner/agent/self_checker.h"

namespace roxlab {

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
  absl::Status Serve(Jobs& jobs, const StopToken& stop);
  absl::Status Synchronize(Jobs& jobs, const StopToken& stop);
  // Who this is, with nothing to give and nothing wanted.
  v1::SynchronizeRequest Introduction() const;

  const AgentOptions options_;
  const std::string session_;
  const std::unique_ptr<v1::RunnerHub::Stub> hub_;
  ArtifactClient artifacts_;
  SelfChecker checker_;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_AGENT_AGENT_H_
