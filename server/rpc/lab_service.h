// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_RPC_LAB_SERVICE_H_
#define ROXLAB_SERVER_RPC_LAB_SERVICE_H_

#include "roxlab/v1/lab.grpc.pb.h"
#include "server/lab/lab.h"

namespace roxlab {

// The handlers of roxlab.v1.Lab: each hands its request to a worker and answers with what a
// manager says.
class LabService final : public v1::Lab::CallbackService {
 public:
  explicit LabService(Lab& lab) : lab_(lab) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* SubmitExperiment(Context* context,
                                             const v1::SubmitExperimentRequest* request,
                                             v1::SubmitExperimentResponse* response) override;
  grpc::ServerUnaryReactor* ListExperiments(Context* context,
                                            const v1::ListExperimentsRequest* request,
                                            v1::ListExperimentsResponse* response) override;
  grpc::ServerUnaryReactor* GetExperiment(Context* context, const v1::GetExperimentRequest* request,
                                          v1::GetExperimentResponse* response) override;
  grpc::ServerWriteReactor<v1::GetExperimentResponse>* WatchExperiment(
      Context* context, const v1::GetExperimentRequest* request) override;
  grpc::ServerUnaryReactor* CancelExperiment(Context* context,
                                             const v1::CancelExperimentRequest* request,
                                             v1::CancelExperimentResponse* response) override;
  grpc::ServerUnaryReactor* GetRun(Context* context, const v1::GetRunRequest* request,
                                   v1::Run* response) override;
  grpc::ServerUnaryReactor* GetBuild(Context* context, const v1::GetBuildRequest* request,
                                     v1::Build* response) override;
  grpc::ServerWriteReactor<v1::LogChunk>* ReadLog(Context* context,
                                                  const v1::ReadLogRequest* request) override;
  grpc::ServerUnaryReactor* Compare(Context* context, const v1::CompareRequest* request,
                                    v1::Comparison* response) override;
  grpc::ServerUnaryReactor* ListRuns(Context* context, const v1::ListRunsRequest* request,
                                     v1::ListRunsResponse* response) override;
  grpc::ServerUnaryReactor* ListBuilds(Context* context, const v1::ListBuildsRequest* request,
                                       v1::ListBuildsResponse* response) override;
  grpc::ServerUnaryReactor* GetReport(Context* context, const v1::GetReportRequest* request,
                                      v1::Report* response) override;
  grpc::ServerUnaryReactor* GetLinearMap(Context* context, const v1::GetLinearMapRequest* request,
                                         v1::LinearMap* response) override;
  grpc::ServerUnaryReactor* ReadSeries(Context* context, const v1::ReadSeriesRequest* request,
                                       v1::Series* response) override;
  grpc::ServerWriteReactor<v1::Change>* WatchChanges(
      Context* context, const v1::WatchChangesRequest* request) override;
  grpc::ServerUnaryReactor* ListRunners(Context* context, const v1::ListRunnersRequest* request,
                                        v1::ListRunnersResponse* response) override;
  grpc::ServerUnaryReactor* SetRunner(Context* context, const v1::SetRunnerRequest* request,
                                      v1::Runner* response) override;
  grpc::ServerUnaryReactor* ListBoards(Context* context, const v1::ListBoardsRequest* request,
                                       v1::ListBoardsResponse* response) override;
  grpc::ServerUnaryReactor* GetCatalog(Context* context, const v1::GetCatalogRequest* request,
                                       v1::Catalog* response) override;
  grpc::ServerUnaryReactor* WhoAmI(Context* context, const v1::WhoAmIRequest* request,
                                   v1::Caller* response) override;
  grpc::ServerUnaryReactor* CreateToken(Context* context, const v1::CreateTokenRequest* request,
                                        v1::CreateTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListTokens(Context* context, const v1::ListTokensRequest* request,
                                       v1::ListTokensResponse* response) override;
  grpc::ServerUnaryReactor* RevokeToken(Context* context, const v1::RevokeTokenRequest* request,
                                        v1::RevokeTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListAudit(Context* context, const v1::ListAuditRequest* request,
                                      v1::ListAuditResponse* response) override;

 private:
  Lab& lab_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_RPC_LAB_SERVICE_H_
