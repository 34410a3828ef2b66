// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/artifacts_service.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/grpc_status.h"
#include "common/hash.h"
#include "common/status_macros.h"
#include "server/rpc/streams.h"
#include "server/rpc/unary.h"

namespace roxlab {
namespace {

// A file on its way in: read a chunk, write it in a worker thread, read the next. A client that
// goes away looks like the end of the file, which then has the wrong hash.
class UploadCall : public grpc::ServerReadReactor<v1::UploadRequest> {
 public:
  UploadCall(Lab& lab, v1::UploadResponse* response) : lab_(lab), response_(response) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    lab_.pool().Submit([this, ok] {
      absl::Status status = ok ? Take() : Commit();
      if (ok && status.ok()) {
        StartRead(&request_);
      } else {
        writer_.reset();  // What is left of a refused file is gone before its sender is told.
        Finish(ToGrpc(status));
      }
    });
  }
  void OnDone() override { delete this; }

 private:
  absl::Status Take() {
    if (first_) {
      first_ = false;
      sha256_ = request_.sha256();
      ROXLAB_ASSIGN_OR_RETURN(writer_, lab_.store().Write(sha256_));
    } else if (!request_.sha256().empty() && request_.sha256() != sha256_) {
      return absl::InvalidArgumentError("sha256: only in the first message");
    }
    return writer_->Append(request_.data());
  }

  absl::Status Commit() {
    if (!writer_.has_value()) return absl::InvalidArgumentError("an upload without a message");
    ROXLAB_ASSIGN_OR_RETURN(const uint64_t size, writer_->Commit());
    response_->set_size(size);
    return absl::OkStatus();
  }

  Lab& lab_;
  v1::UploadResponse* const response_;
  v1::UploadRequest request_;
  bool first_ = true;
  std::string sha256_;
  std::optional<ArtifactStore::Writer> writer_;
};

constexpr int kMaxAsked = 10'000;

absl::StatusOr<v1::FindMissingResponse> FindMissingIn(const ArtifactStore& store,
                                                      const v1::FindMissingRequest& request) {
  if (request.sha256_size() > kMaxAsked)
    return absl::InvalidArgumentError(absl::StrCat("sha256: more than ", kMaxAsked));
  v1::FindMissingResponse response;
  for (const std::string& sha256 : request.sha256()) {
    absl::Status status = store.Size(sha256).status();
    if (absl::IsInvalidArgument(status)) return status;
    if (!status.ok()) response.add_sha256(sha256);
  }
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* ArtifactsService::FindMissing(Context* context,
                                                        const v1::FindMissingRequest* request,
                                                        v1::FindMissingResponse* response) {
  return Answer(lab_.pool(), context, response,
                [this, request] { return FindMissingIn(lab_.store(), *request); });
}

grpc::ServerReadReactor<v1::UploadRequest>* ArtifactsService::Upload(Context*,
                                                                     v1::UploadResponse* response) {
  return new UploadCall(lab_, response);
}

grpc::ServerWriteReactor<v1::DownloadResponse>* ArtifactsService::Download(
    Context*, const v1::DownloadRequest* request) {
  return StartDownload(lab_, *request);
}

}  // namespace roxlab
