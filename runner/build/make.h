// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_MAKE_H_
#define ROXLAB_RUNNER_BUILD_MAKE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace roxlab {

// make for an arm64 kernel inside the sandbox, with everything fixed that would make two builds of
// one source differ: time stamp, user, host, version count, and paths (the sandbox's).
std::vector<std::string> MakeArgv(absl::string_view compiler, int jobs, bool ccache,
                                  const std::vector<std::string>& targets);

// Watches make's output line by line: counts steps ("  CC  file") and keeps the first error.
class MakeWatcher {
 public:
  void Feed(absl::string_view bytes);

  // Steps seen so far.
  uint64_t steps() const { return steps_; }
  // "mm/execmem.c:12:3: error: ..." or the linker's, modpost's or make's own words; empty: none.
  const std::string& first_error() const { return first_error_; }
  // The lines from a little before the first error on, bounded.
  const std::string& excerpt() const { return excerpt_; }
  // Whether the disk filled up: then no error is the variant's.
  bool disk_full() const { return disk_full_; }
  // Whether the compiler was killed, as it is when memory runs out.
  bool killed() const { return killed_; }

 private:
  void Line(absl::string_view line);

  std::string partial_, before_, first_error_, excerpt_;
  uint64_t steps_ = 0;
  int excerpt_lines_ = 0;
  bool weak_error_ = false;
  bool disk_full_ = false;
  bool killed_ = false;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_MAKE_H_
