// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_DEFINITIONS_H_
#define ROXLAB_DB_DEFINITIONS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "roxlab/v1/catalog.pb.h"

namespace roxlab {

class Connection;

struct Definitions {
  std::vector<v1::Machine> machines;
  std::vector<v1::Workload> workloads;
};

// What names of the catalog meant when they were used: the files under kernels/ may change while
// runs wait, and a record must stay readable after they did.
class DefinitionTable {
 public:
  explicit DefinitionTable(Connection& connection) : connection_(connection) {}

  // The key of the row with this content, which is made when it is new.
  absl::StatusOr<int64_t> Intern(const v1::Machine& machine);
  absl::StatusOr<int64_t> Intern(const v1::Workload& workload);
  // Those of an experiment's runs.
  absl::StatusOr<Definitions> OfExperiment(int64_t experiment);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_DEFINITIONS_H_
