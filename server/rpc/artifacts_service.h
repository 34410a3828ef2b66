// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_RPC_ARTIFACTS_SERVICE_H_
#define ROXLAB_SERVER_RPC_ARTIFACTS_SERVICE_H_

#include "roxlab/v1/artifacts.grpc.pb.h"
#include "server/lab/lab.h"

namespace roxlab {

// The handlers of roxlab.v1.Artifacts.
class ArtifactsService final : public v1::Artifacts::CallbackService {
 public:
  explicit ArtifactsService(Lab& lab) : lab_(lab) {}

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* FindMissing(Context* context, const v1::FindMissingRequest* request,
                                        v1::FindMissingResponse* response) override;
  grpc::ServerReadReactor<v1::UploadRequest>* Upload(Context* context,
                                                     v1::UploadResponse* response) override;
  grpc::ServerWriteReactor<v1::DownloadResponse>* Download(
      Context* context, const v1::DownloadRequest* request) override;

 private:
  Lab& lab_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_RPC_ARTIFACTS_SERVICE_H_
