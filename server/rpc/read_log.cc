// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "db/jobs.h"
#include "server/lab/queries.h"
#include "server/rpc/streams.h"

namespace roxlab {
namespace {

constexpr size_t kChunk = 256u << 10;

using Stream = PullStream<v1::LogChunk>;

// The log of the newest attempt; when another attempt starts, that one's from its beginning.
class LogSource : public Stream::Source {
 public:
  LogSource(Lab& lab, const v1::ReadLogRequest& request)
      : lab_(lab), id_(request.id()), offset_(request.offset()), follow_(request.follow()) {}

  absl::StatusOr<Stream::Step> Next(v1::LogChunk* chunk) override {
    if (target_.empty()) {
      ROXLAB_ASSIGN_OR_RETURN(target_, ResolveTarget(lab_, id_));
      lab_.events().Subscribe(listener(), {target_, absl::StrCat("log:", target_)});
    }
    // Before the log is read: what was done then has nothing more to say.
    ROXLAB_ASSIGN_OR_RETURN(const LeaseRecord record, Record());
    if (record.newest != lease_) {
      if (lease_ != 0) offset_ = 0;
      lease_ = record.newest;
    }
    ROXLAB_ASSIGN_OR_RETURN(std::string bytes, lab_.logs().Read(target_, lease_, offset_, kChunk));
    if (bytes.empty()) return follow_ && !record.done ? Stream::Step::kWait : Stream::Step::kEnd;
    chunk->set_offset(offset_);
    offset_ += bytes.size();
    chunk->set_data(std::move(bytes));
    return Stream::Step::kMessage;
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
  std::string target_;  // The whole id, once it is known.
  int64_t lease_ = 0;
  uint64_t offset_;
  const bool follow_;
};

}  // namespace

Stream* StartReadLog(Lab& lab, const v1::ReadLogRequest& request) {
  return Stream::Start(lab.events(), lab.pool(), std::make_unique<LogSource>(lab, request));
}

}  // namespace roxlab
