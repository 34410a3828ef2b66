// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_COMPOSE_H_
#define ROXLAB_SERVER_LAB_COMPOSE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "db/bases.h"
#include "db/jobs.h"
#include "roxlab/v1/runner_hub.pb.h"
#include "server/artifacts/artifact_store.h"

namespace roxlab {

// The job as a runner gets it, with everything needed to do it. An error is the lab's fault: its
// database or artifact store lacks something.
absl::StatusOr<v1::Job> ComposeJob(Connection& connection, const ArtifactStore& store,
                                   const JobRow& job,
                                   const std::map<std::string, PinnedBase>& pins);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_COMPOSE_H_
