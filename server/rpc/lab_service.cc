// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/lab_service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/printable.h"
#include "server/auth/grpc_credentials.h"
#include "server/auth/need.h"
#include "server/lab/audit.h"
#include "server/lab/cancel.h"
#include "server/lab/comparison.h"
#include "server/lab/linear_map.h"
#include "server/lab/lists.h"
#include "server/lab/queries.h"
#include "server/lab/report.h"
#include "server/lab/runner_health.h"
#include "server/rpc/change.h"
#include "server/rpc/streams.h"
#include "server/rpc/unary.h"
#include "server/submit/read_series.h"
#include "server/submit/submit.h"

namespace roxlab {

using grpc::ServerUnaryReactor;

ServerUnaryReactor* LabService::SubmitExperiment(Context* context,
                                                 const v1::SubmitExperimentRequest* request,
                                                 v1::SubmitExperimentResponse* response) {
  // Only looks; the page asks it at every key.
  if (request->validate_only()) {
    return Answer(lab_.pool(), context, response,
                  [this, request] { return roxlab::SubmitExperiment(lab_, *request, {}); });
  }
  return AnswerChange(
      lab_, context, "SubmitExperiment", request->spec().name(), response,
      [this, request](const v1::Caller& caller) {
        return roxlab::SubmitExperiment(lab_, *request, caller);
      },
      [](const v1::SubmitExperimentResponse& done) { return done.experiment().id(); });
}

ServerUnaryReactor* LabService::ListExperiments(Context* context,
                                                const v1::ListExperimentsRequest* request,
                                                v1::ListExperimentsResponse* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::ListExperiments(lab_, *request); });
}

ServerUnaryReactor* LabService::GetExperiment(Context* context,
                                              const v1::GetExperimentRequest* request,
                                              v1::GetExperimentResponse* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::GetExperiment(lab_, request->id()); });
}

grpc::ServerWriteReactor<v1::GetExperimentResponse>* LabService::WatchExperiment(
    Context*, const v1::GetExperimentRequest* request) {
  return StartWatch(lab_, request->id());
}

ServerUnaryReactor* LabService::CancelExperiment(Context* context,
                                                 const v1::CancelExperimentRequest* request,
                                                 v1::CancelExperimentResponse* response) {
  return AnswerChange(lab_, context, "CancelExperiment", request->id(), response,
                      [this, request](const v1::Caller& caller) {
                        return roxlab::CancelExperiment(lab_, request->id(), caller);
                      });
}

ServerUnaryReactor* LabService::GetRun(Context* context, const v1::GetRunRequest* request,
                                       v1::Run* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::GetRun(lab_, request->id()); });
}

ServerUnaryReactor* LabService::GetBuild(Context* context, const v1::GetBuildRequest* request,
                                         v1::Build* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::GetBuild(lab_, request->id()); });
}

grpc::ServerWriteReactor<v1::LogChunk>* LabService::ReadLog(Context*,
                                                            const v1::ReadLogRequest* request) {
  return StartReadLog(lab_, *request);
}

ServerUnaryReactor* LabService::Compare(Context* context, const v1::CompareRequest* request,
                                        v1::Comparison* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return CompareAsAsked(lab_, *request); });
}

ServerUnaryReactor* LabService::ListRuns(Context* context, const v1::ListRunsRequest* request,
                                         v1::ListRunsResponse* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::ListRuns(lab_, *request); });
}

ServerUnaryReactor* LabService::ListBuilds(Context* context, const v1::ListBuildsRequest* request,
                                           v1::ListBuildsResponse* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::ListBuilds(lab_, *request); });
}

ServerUnaryReactor* LabService::GetReport(Context* context, const v1::GetReportRequest* request,
                                          v1::Report* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::GetReport(lab_, *request); });
}

ServerUnaryReactor* LabService::GetLinearMap(Context* context,
                                             const v1::GetLinearMapRequest* request,
                                             v1::LinearMap* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::GetLinearMap(lab_, *request); });
}

ServerUnaryReactor* LabService::ReadSeries(Context* context, const v1::ReadSeriesRequest* request,
                                           v1::Series* response) {
  return Answer(lab_.pool(), context, response, [request] { return roxlab::ReadSeries(*request); });
}

grpc::ServerWriteReactor<v1::Change>* LabService::WatchChanges(
    Context*, const v1::WatchChangesRequest* request) {
  return StartWatchChanges(lab_, *request);
}

ServerUnaryReactor* LabService::ListRunners(Context* context, const v1::ListRunnersRequest*,
                                            v1::ListRunnersResponse* response) {
  return Answer(lab_.pool(), context, response, [this] { return roxlab::ListRunners(lab_); });
}

ServerUnaryReactor* LabService::SetRunner(Context* context, const v1::SetRunnerRequest* request,
                                          v1::Runner* response) {
  return AnswerChange(
      lab_, context, "SetRunner",
      absl::StrCat(request->paused() ? "pause " : "resume ", request->name()), response,
      [this, request](const v1::Caller&) { return roxlab::SetRunner(lab_, *request); });
}

ServerUnaryReactor* LabService::ListBoards(Context* context, const v1::ListBoardsRequest*,
                                           v1::ListBoardsResponse* response) {
  return Answer(lab_.pool(), context, response, [this] { return roxlab::ListBoards(lab_); });
}

ServerUnaryReactor* LabService::GetCatalog(Context* context, const v1::GetCatalogRequest*,
                                           v1::Catalog* response) {
  return Answer(lab_.pool(), context, response, [this] { return roxlab::GetCatalog(lab_); });
}

ServerUnaryReactor* LabService::WhoAmI(Context* context, const v1::WhoAmIRequest*,
                                       v1::Caller* response) {
  absl::StatusOr<v1::Caller> caller = CallerOf(lab_.gate(), *context);
  return Answer(lab_.pool(), context, response, [caller = std::move(caller)] { return caller; });
}

ServerUnaryReactor* LabService::CreateToken(Context* context, const v1::CreateTokenRequest* request,
                                            v1::CreateTokenResponse* response) {
  return AnswerChange(
      lab_, context, "CreateToken",
      absl::StrCat(Printable(request->name(), 100), " ", RoleName(request->role())), response,
      [this, request](const v1::Caller& caller) { return lab_.gate().Create(*request, caller); });
}

ServerUnaryReactor* LabService::ListTokens(Context* context, const v1::ListTokensRequest*,
                                           v1::ListTokensResponse* response) {
  return Answer(lab_.pool(), context, response,
                [this]() -> absl::StatusOr<v1::ListTokensResponse> { return lab_.gate().List(); });
}

ServerUnaryReactor* LabService::RevokeToken(Context* context, const v1::RevokeTokenRequest* request,
                                            v1::RevokeTokenResponse* response) {
  return AnswerChange(lab_, context, "RevokeToken", Printable(request->name(), 100), response,
                      [this, request](const v1::Caller&) { return lab_.gate().Revoke(*request); });
}

ServerUnaryReactor* LabService::ListAudit(Context* context, const v1::ListAuditRequest* request,
                                          v1::ListAuditResponse* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return roxlab::ListAudit(lab_, *request); });
}

}  // namespace roxlab
