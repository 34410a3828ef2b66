// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <set>
#include <string>

#include "common/status_macros.h"
#include "server/lab/queries.h"
#include "server/rpc/streams.h"

namespace roxlab {
namespace {

using Stream = PullStream<v1::Change>;

// One message when it listens, then one for every change, or for several within an interval.
class ChangeSource : public Stream::Source {
 public:
  ChangeSource(Lab& lab, const v1::WatchChangesRequest& request) : lab_(lab), request_(request) {}

  absl::StatusOr<Stream::Step> Next(v1::Change* change) override {
    if (!subscribed_) {
      ROXLAB_ASSIGN_OR_RETURN(const std::set<std::string> topics, TopicsOf(lab_, request_.ids()));
      lab_.events().Subscribe(listener(), topics);
      subscribed_ = true;
    }
    change->set_now_ms(lab_.clock().NowMs());
    return Stream::Step::kMessage;
  }

  absl::Duration Interval() const override { return absl::Milliseconds(250); }

 private:
  Lab& lab_;
  const v1::WatchChangesRequest request_;
  bool subscribed_ = false;
};

}  // namespace

Stream* StartWatchChanges(Lab& lab, const v1::WatchChangesRequest& request) {
  return Stream::Start(lab.events(), lab.pool(), std::make_unique<ChangeSource>(lab, request));
}

}  // namespace roxlab
