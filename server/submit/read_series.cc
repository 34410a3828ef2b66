// SPDX-License-Identifier: Apache-2.0
#include "server/submit/read_series.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/printable.h"
#include "common/status_macros.h"
#include "server/submit/limits.h"
#include "spec/catalog.h"

namespace roxlab {

absl::StatusOr<v1::Series> ReadSeries(const v1::ReadSeriesRequest& request) {
  const std::filesystem::path file = std::filesystem::path(request.name()).filename();
  if (file.empty() || request.name().size() > kMaxFileName || HasControl(request.name()))
    return absl::InvalidArgumentError(
        absl::StrCat("name: 1 to ", kMaxFileName, " printable characters"));
  if (request.content().size() > kMaxPatchBytes)
    return absl::InvalidArgumentError(
        absl::StrCat(file.string(), " has more than ", kMaxPatchBytes >> 20, " MiB"));
  ROXLAB_ASSIGN_OR_RETURN(std::vector<v1::Patch> patches, ParsePatches(request.content(), file));
  v1::Series series;
  series.set_name(NameFromFile(file));
  for (v1::Patch& patch : patches) *series.add_patches() = std::move(patch);
  return series;
}

}  // namespace roxlab
