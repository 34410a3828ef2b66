// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_SERIES_H_
#define ROXLAB_RUNNER_BUILD_SERIES_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "roxlab/v1/record.pb.h"
#include "runner/build/base_store.h"
#include "runner/job.h"

namespace roxlab {

// Applies patches with git-am on top of the base, away from any tree that is built: in a work
// tree of its own in which only the touched files ever exist. The commit is a function of base
// and patches, and is remembered, so that the same series costs nothing the second time.
// VariantError ("apply") says which patch, file and hunk.
absl::StatusOr<std::string> ApplySeries(
    const ImportedTree& base, const google::protobuf::RepeatedPtrField<v1::Patch>& patches,
    JobContext& context);

// Which hunk of a patch starts at a line of a file, for messages: "hunk 2". Empty when none does.
std::string NameOfHunk(absl::string_view patch, absl::string_view file, absl::string_view line);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_SERIES_H_
