// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_HTTP_ARTIFACT_FILES_H_
#define ROXLAB_SERVER_HTTP_ARTIFACT_FILES_H_

#include "server/artifacts/artifact_store.h"
#include "server/http/message.h"
#include "server/lab/worker_pool.h"

namespace roxlab {

// Artifacts as downloads: GET /artifacts/SHA256[/NAME], whole or a range. NAME is only what the
// browser saves it as, and whether it is text; never what is opened. Nothing of it is ever shown as
// a page: kernels and their logs say what they like.
class ArtifactFiles {
 public:
  // Both outlive this.
  ArtifactFiles(const ArtifactStore& store, WorkerPool& pool) : store_(store), pool_(pool) {}

  static bool Serves(absl::string_view path);
  HttpResponse Get(const HttpRequest& request) const;

 private:
  const ArtifactStore& store_;
  WorkerPool& pool_;
};

}  // namespace roxlab

#endif  // ROXLAB_SERVER_HTTP_ARTIFACT_FILES_H_
