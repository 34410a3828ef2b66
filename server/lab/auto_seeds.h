// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_AUTO_SEEDS_H_
#define ROXLAB_SERVER_LAB_AUTO_SEEDS_H_

#include "absl/status/status.h"
#include "db/experiments.h"
#include "server/compare/auto_seeds.h"

namespace roxlab {

class Lab;

// Queues the runs of the seeds that were decided on, and says so in the experiment's summary. What
// was decided is a function of the runs that have ended, so a server that was stopped before this
// decides the same when it comes back. Does nothing when someone else has ended the experiment or
// added seeds meanwhile.
absl::Status AddSeeds(Lab& lab, const StoredExperiment& experiment, const SeedDecision& decision);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_AUTO_SEEDS_H_
