// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/errors.h"
#include "common/files.h"
#include "common/hash.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "spec/yaml.h"

namespace roxlab {
namespace {

template <typename Items>
std::vector<std::string> Names(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name());
  return names;
}

absl::StatusOr<v1::ExperimentSpec> FindExperiment(LabClient& lab, const std::string& what) {
  v1::ExperimentSpec spec;
  if (std::filesystem::exists(what)) {
    ROXLAB_ASSIGN_OR_RETURN(std::string text, ReadFile(what, 64 << 20));
    ROXLAB_RETURN_IF_ERROR(ReadYaml(text, what, &spec));
    return spec;
  }
  if (absl::StrContains(what, "/") || absl::EndsWith(what, ".yaml"))
    return absl::NotFoundError(absl::StrCat("no file ", what));
  ROXLAB_ASSIGN_OR_RETURN(v1::Catalog catalog,
                          lab.Call(&v1::Lab::Stub::GetCatalog, v1::GetCatalogRequest()));
  for (const v1::ExperimentSpec& known : catalog.experiments())
    if (known.name() == what) return known;
  return absl::NotFoundError(UnknownName("experiment", what, Names(catalog.experiments())));
}

}  // namespace

void PrintJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (google::protobuf::util::MessageToJsonString(message, &json, options).ok())
    std::cout << json << std::endl;
}

absl::StatusOr<int> Submit(const CliContext& context, const SubmitOptions& options) {
  LabClient lab(context);
  ROXLAB_ASSIGN_OR_RETURN(v1::ExperimentSpec spec, FindExperiment(lab, options.experiment));
  if (options.check) return CheckSpec(context, spec);
  return SubmitSpec(context, spec, options.request_id, options.watch);
}

absl::StatusOr<int> SubmitSpec(const CliContext& context, const v1::ExperimentSpec& spec,
                               const std::string& request_id, bool watch) {
  LabClient lab(context);
  v1::SubmitExperimentRequest request;
  *request.mutable_spec() = spec;
  // Made here so that a repeat after a lost answer finds the first one.
  request.set_request_id(request_id.empty() ? RandomHex(32) : request_id);
  auto response = lab.Call(&v1::Lab::Stub::SubmitExperiment, request);
  if (absl::IsUnavailable(response.status()))
    response = lab.Call(&v1::Lab::Stub::SubmitExperiment, request);
  if (!response.ok()) return response.status();
  const v1::Experiment& experiment = response->experiment();
  if (watch) {
    std::cerr << "experiment " << experiment.id() << ": " << experiment.builds().total()
              << " builds (" << response->builds_reused() << " known), "
              << experiment.runs().total() << " runs\n";
    return Watch(context, experiment.id());
  }
  if (context.json) {
    PrintJson(*response);
  } else {
    std::cout << experiment.id() << "\n";
  }
  return kExitOk;
}

absl::StatusOr<int> Log(const CliContext& context, const std::string& id, bool follow,
                        uint64_t offset) {
  LabClient lab(context);
  grpc::ClientContext call;
  v1::ReadLogRequest request;
  request.set_id(id);
  request.set_follow(follow);
  request.set_offset(offset);
  auto reader = lab.stub().ReadLog(&call, request);
  v1::LogChunk chunk;
  while (reader->Read(&chunk)) {
    if (context.json) {
      PrintJson(chunk);
    } else {
      std::cout << chunk.data() << std::flush;
    }
  }
  ROXLAB_RETURN_IF_ERROR(FromGrpc(reader->Finish()));
  return kExitOk;
}

absl::StatusOr<int> Cancel(const CliContext& context, const std::string& id) {
  LabClient lab(context);
  v1::CancelExperimentRequest request;
  request.set_id(id);
  ROXLAB_ASSIGN_OR_RETURN(v1::CancelExperimentResponse response,
                          lab.Call(&v1::Lab::Stub::CancelExperiment, request));
  if (context.json) {
    PrintJson(response);
  } else {
    std::cout << response.cancelled() << " builds and runs cancelled\n";
  }
  return kExitOk;
}

}  // namespace roxlab
