// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/streams.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/jobs.h"
#include "server/lab/queries.h"

namespace roxlab {
namespace {

constexpr size_t kChunk = 256 * 1024;

template <typename Response>
using Step = typename PullStream<Response>::Step;

// An experiment at each of its changes. It listens to the experiment and its builds; a change of
// a run is one of its experiment.
class WatchSource : public PullStream<v1::GetExperimentResponse>::Source {
 public:
  WatchSource(Lab& lab, std::string id) : lab_(lab), id_(std::move(id)) {}

  void set_listener(std::weak_ptr<EventHub::Listener> listener) { listener_ = std::move(listener); }

  absl::StatusOr<Step<v1::GetExperimentResponse>> Next(
      v1::GetExperimentResponse* response) override {
    const absl::Time start = absl::Now();
    ROXLAB_ASSIGN_OR_RETURN(*response, GetExperiment(lab_, id_));
    if (!subscribed_) {
      subscribed_ = true;
      Subscribe(*response);
      // Once more, since something may have changed before anybody listened.
      ROXLAB_ASSIGN_OR_RETURN(*response, GetExperiment(lab_, id_));
    }
    // Ten a second, fewer when an experiment is so large that this would keep a CPU busy.
    interval_ = std::max(absl::Milliseconds(100), 10 * (absl::Now() - start));
    return response->experiment().state() == v1::DONE ? Step<v1::GetExperimentResponse>::kLast
                                                      : Step<v1::GetExperimentResponse>::kMessage;
  }

  absl::Duration Interval() const override { return interval_; }

 private:
  void Subscribe(const v1::GetExperimentResponse& response) {
    std::set<std::string> topics = {response.experiment().id()};
    for (const v1::Build& build : response.builds()) topics.insert(build.id());
    for (const v1::Run& run : response.runs()) topics.insert(run.id());
    lab_.events().Subscribe(listener_, topics);
  }

  Lab& lab_;
  const std::string id_;
  std::weak_ptr<EventHub::Listener> listener_;
  bool subscribed_ = false;
  absl::Duration interval_ = absl::Milliseconds(100);
};

// The log of the newest attempt; when another attempt starts, that one's from its beginning.
class LogSource : public PullStream<v1::LogChunk>::Source {
 public:
  LogSource(Lab& lab, const v1::ReadLogRequest& request)
      : lab_(lab), id_(request.id()), offset_(request.offset()), follow_(request.follow()) {}

  void set_listener(std::weak_ptr<EventHub::Listener> listener) { listener_ = std::move(listener); }

  absl::StatusOr<Step<v1::LogChunk>> Next(v1::LogChunk* chunk) override {
    if (target_.empty()) {
      ROXLAB_ASSIGN_OR_RETURN(target_, ResolveTarget(lab_, id_));
      lab_.events().Subscribe(listener_, {target_, absl::StrCat("log:", target_)});
    }
    // Before the log is read: what was done then has nothing more to say.
    ROXLAB_ASSIGN_OR_RETURN(const LeaseRecord record, Record());
    if (record.newest != lease_) {
      if (lease_ != 0) offset_ = 0;
      lease_ = record.newest;
    }
    ROXLAB_ASSIGN_OR_RETURN(std::string bytes, lab_.logs().Read(target_, lease_, offset_, kChunk));
    if (bytes.empty())
      return follow_ && !record.done ? Step<v1::LogChunk>::kWait : Step<v1::LogChunk>::kEnd;
    chunk->set_offset(offset_);
    offset_ += bytes.size();
    chunk->set_data(std::move(bytes));
    return Step<v1::LogChunk>::kMessage;
  }

 private:
  absl::StatusOr<LeaseRecord> Record() {
    std::optional<LeaseRecord> record;
    ROXLAB_RETURN_IF_ERROR(lab_.db().Read([&](Connection& connection) -> absl::Status {
      ROXLAB_ASSIGN_OR_RETURN(record, JobTable(connection).Leases(target_));
      return absl::OkStatus();
    }));
    if (!record.has_value()) return absl::NotFoundError(absl::StrCat("'", target_, "' is gone"));
    return *record;
  }

  Lab& lab_;
  const std::string id_;
  std::weak_ptr<EventHub::Listener> listener_;
  std::string target_;  // The whole id, once it is known.
  int64_t lease_ = 0;
  uint64_t offset_;
  const bool follow_;
};

class DownloadSource : public PullStream<v1::DownloadResponse>::Source {
 public:
  DownloadSource(Lab& lab, const v1::DownloadRequest& request)
      : lab_(lab), sha256_(request.sha256()), offset_(request.offset()) {}

  absl::StatusOr<Step<v1::DownloadResponse>> Next(v1::DownloadResponse* response) override {
    if (!fd_.valid()) {
      ROXLAB_ASSIGN_OR_RETURN(const uint64_t size, lab_.store().Size(sha256_));
      if (offset_ > size) {
        return absl::OutOfRangeError(
            absl::StrCat("artifact ", sha256_, " has only ", size, " bytes"));
      }
      ROXLAB_ASSIGN_OR_RETURN(fd_, lab_.store().OpenForReading(sha256_));
    }
    std::string& data = *response->mutable_data();
    data.resize(kChunk);
    const ssize_t n = pread(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset_));
    if (n < 0) return absl::ErrnoToStatus(errno, absl::StrCat("artifact ", sha256_));
    data.resize(static_cast<size_t>(n));
    offset_ += static_cast<uint64_t>(n);
    return n == 0 ? Step<v1::DownloadResponse>::kEnd : Step<v1::DownloadResponse>::kMessage;
  }

 private:
  Lab& lab_;
  const std::string sha256_;
  uint64_t offset_;
  UniqueFd fd_;
};

// Starts a stream whose source listens by itself, once it knows to what.
template <typename Response, typename Source>
PullStream<Response>* StartListening(Lab& lab, std::unique_ptr<Source> source) {
  Source* raw = source.get();
  return PullStream<Response>::Start(
      lab.pool(), std::move(source),
      [raw](const std::weak_ptr<EventHub::Listener>& listener) { raw->set_listener(listener); });
}

}  // namespace

PullStream<v1::GetExperimentResponse>* StartWatch(Lab& lab, const std::string& id) {
  return StartListening<v1::GetExperimentResponse>(lab, std::make_unique<WatchSource>(lab, id));
}

PullStream<v1::LogChunk>* StartReadLog(Lab& lab, const v1::ReadLogRequest& request) {
  return StartListening<v1::LogChunk>(lab, std::make_unique<LogSource>(lab, request));
}

PullStream<v1::DownloadResponse>* StartDownload(Lab& lab, const v1::DownloadRequest& request) {
  return PullStream<v1::DownloadResponse>::Start(lab.pool(),
                                                 std::make_unique<DownloadSource>(lab, request),
                                                 [](const std::weak_ptr<EventHub::Listener>&) {});
}

}  // namespace roxlab
