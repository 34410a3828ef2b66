// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_COLLECT_KTAP_H_
#define ROXLAB_RUNNER_COLLECT_KTAP_H_

#include <google/protobuf/repeated_ptr_field.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

using TestList = google::protobuf::RepeatedPtrField<v1::TestResult>;

// Appends the test cases of a KTAP text (the kernel's Documentation/dev-tools/ktap.rst; TAP 13 and
// 14 are read the same way) to `tests`, in their order. A test with subtests is its subtests, and
// appears itself only when it fails and none of them does. Diagnostic and unknown lines go to the
// next test that did not pass.
//
// "not ok" with TODO or XFAIL was expected and counts as skipped. What is wrong with the text
// itself (cut off, results missing, numbers out of order, "Bail out!", too long) is a failed test
// of its own with the suite's name, so that a broken text never passes. Takes any bytes, at most 16
// levels and 10,000 tests in `tests`.
void ParseKtap(absl::string_view suite, absl::string_view text, TestList* tests);

// OK when none failed; otherwise a VariantError ("test") that names the first ones.
absl::Status JudgeTests(const TestList& tests);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_COLLECT_KTAP_H_
