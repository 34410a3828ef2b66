// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_DB_TESTS_H_
#define ROXLAB_DB_TESTS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

class Connection;
using TestResults = google::protobuf::RepeatedPtrField<v1::TestResult>;

// Results of the tests that runs' kernels brought with them.
class TestTable {
 public:
  explicit TestTable(Connection& connection) : connection_(connection) {}

  // Makes these the run's results, in place of any earlier ones.
  absl::Status Set(int64_t run, const TestResults& tests);
  // In the order in which they were set.
  absl::StatusOr<TestResults> Of(int64_t run);

 private:
  Connection& connection_;
};

}  // namespace roxlab

#endif  // ROXLAB_DB_TESTS_H_
