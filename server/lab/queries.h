// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_LAB_QUERIES_H_
#define ROXLAB_SERVER_LAB_QUERIES_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

class Lab;

// What people and programs ask; each answer is one consistent view. Ids may be shortened while
// they stay unique. Errors as in lab.proto.
absl::StatusOr<v1::GetExperimentResponse> GetExperiment(Lab& lab, absl::string_view id);
absl::StatusOr<v1::Run> GetRun(Lab& lab, absl::string_view id);
absl::StatusOr<v1::Build> GetBuild(Lab& lab, absl::string_view id);
absl::StatusOr<v1::ListRunnersResponse> ListRunners(Lab& lab);
absl::StatusOr<v1::ListBoardsResponse> ListBoards(Lab& lab);
// kernels/, and the boards as machines.
absl::StatusOr<v1::Catalog> WholeCatalog(Lab& lab);
// The same without the content of patches and fragments.
absl::StatusOr<v1::Catalog> GetCatalog(Lab& lab);

// What to listen to (EventHub) to hear of every change of these: ids of experiments, builds and
// runs, and "runners". No ids: everything. NOT_FOUND.
absl::StatusOr<std::set<std::string>> TopicsOf(
    Lab& lab, const google::protobuf::RepeatedPtrField<std::string>& ids);

// The whole id of the build or run that `id` begins.
absl::StatusOr<std::string> ResolveTarget(Lab& lab, absl::string_view id);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_LAB_QUERIES_H_
