// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_CLI_PROGRESS_H_
#define ROXLAB_CLI_PROGRESS_H_

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "roxlab/v1/lab.pb.h"

namespace roxlab {

// Shows how far an experiment is: bars that are drawn over on a terminal, one line per change
// elsewhere.
class ProgressDisplay {
 public:
  ProgressDisplay(std::ostream& out, bool terminal, int width)
      : out_(out), terminal_(terminal), width_(width) {}

  void Update(const v1::GetExperimentResponse& state);

  // Leaves the cursor below the bars.
  void Finish();

 private:
  void Draw(const std::vector<std::string>& lines);
  void PrintChanges(const v1::GetExperimentResponse& state);
  void PrintOnce(const std::string& key, const std::string& line);

  std::ostream& out_;
  const bool terminal_;
  const int width_;
  size_t drawn_ = 0;
  std::map<std::string, std::string> printed_;
};

// "[#####.....]" of `width` characters inside; empty brackets' worth of dots when total is 0.
std::string Bar(uint64_t done, uint64_t total, int width);

// The bars as lines: one per build that is not done, one for all runs.
std::vector<std::string> ProgressLines(const v1::GetExperimentResponse& state, int width);

}  // namespace roxlab

#endif  // ROXLAB_CLI_PROGRESS_H_
