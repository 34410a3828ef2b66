// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_VARIANTS_H_
#define ROXLAB_DB_VARIANTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace roxlab {

class Connection;

struct VariantBase {
  std::string variant;
  std::string base;
};

// An experiment's variants: a name, the build that it became and its kernel command line.
class VariantTable {
 public:
  explicit VariantTable(Connection& connection) : connection_(connection) {}

  // The new row's key.
  absl::StatusOr<int64_t> Insert(int64_t experiment, absl::string_view name, int64_t build,
                                 absl::string_view cmdline);

  // Each with the name of its base, in their order.
  absl::StatusOr<std::vector<VariantBase>> OfExperiment(int64_t experiment);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_VARIANTS_H_
