// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "common/status_macros.h"
#include "server/lab/queries.h"
#include "server/rpc/streams.h"

namespace roxlab {
namespace {

using Stream = PullStream<v1::GetExperimentResponse>;

// An experiment at each of its changes. It listens to the experiment and its builds; a change of
// a run is one of its experiment.
class WatchSource : public Stream::Source {
 public:
  WatchSource(Lab& lab, std::string id) : lab_(lab), id_(std::move(id)) {}

  absl::StatusOr<Stream::Step> Next(v1::GetExperimentResponse* response) override {
    const absl::Time start = absl::Now();
    ROXLAB_ASSIGN_OR_RETURN(*response, GetExperiment(lab_, id_));
    if (!subscribed_) {
      subscribed_ = true;
      id_ = response->experiment().id();
      Subscribe(*response);
      // Once more, since something may have changed before anybody listened.
      ROXLAB_ASSIGN_OR_RETURN(*response, GetExperiment(lab_, id_));
    }
    // Ten a second, fewer when an experiment is so large that this would keep a CPU busy.
    interval_ = std::max(absl::Milliseconds(100), 10 * (absl::Now() - start));
    return response->experiment().state() == v1::DONE ? Stream::Step::kLast
                                                      : Stream::Step::kMessage;
  }

  absl::Duration Interval() const override { return interval_; }

 private:
  void Subscribe(const v1::GetExperimentResponse& response) {
    std::set<std::string> topics = {response.experiment().id()};
    for (const v1::Build& build : response.builds()) topics.insert(build.id());
    lab_.events().Subscribe(listener(), topics);
  }

  Lab& lab_;
  std::string id_;  // Whole, once the first answer is there.
  bool subscribed_ = false;
  absl::Duration interval_ = absl::Milliseconds(100);
};

}  // namespace

Stream* StartWatch(Lab& lab, const std::string& id) {
  return Stream::Start(lab.events(), lab.pool(), std::make_unique<WatchSource>(lab, id));
}

}  // namespace roxlab
