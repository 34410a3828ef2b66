// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_RPC_STREAMS_H_
#define ROXLAB_SERVER_RPC_STREAMS_H_

#include <string>

#include "roxlab/v1/artifacts.pb.h"
#include "roxlab/v1/lab.pb.h"
#include "server/lab/lab.h"
#include "server/rpc/pull_stream.h"

namespace roxlab {

// The server streams of Lab and Artifacts. Each frees itself when it is over.
PullStream<v1::GetExperimentResponse>* StartWatch(Lab& lab, const std::string& id);
PullStream<v1::Change>* StartWatchChanges(Lab& lab, const v1::WatchChangesRequest& request);
PullStream<v1::LogChunk>* StartReadLog(Lab& lab, const v1::ReadLogRequest& request);
PullStream<v1::DownloadResponse>* StartDownload(Lab& lab, const v1::DownloadRequest& request);

}  // namespace roxlab

#endif  // ROXLAB_SERVER_RPC_STREAMS_H_
