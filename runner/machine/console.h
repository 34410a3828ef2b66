// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_CONSOLE_H_
#define ROXLAB_RUNNER_MACHINE_CONSOLE_H_

#include <deque>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace roxlab {

// Something that a healthy kernel does not print.
struct ConsoleEvent {
  std::string kind;     // Failure.kind: "panic", "oops", "warn" or "timeout" (stalls, hung tasks).
  std::string title;    // The line that says it, without time stamp.
  std::string excerpt;  // The splat's lines, at most 80 lines and 12 KiB.
  std::string later;    // The title of a panic or oops that came of it; empty: none.
};

// Reads a kernel's console as it comes, in pieces of any size, and keeps the first event: what
// follows is mostly its consequence. Holds a bounded amount of text, whatever the guest prints.
class ConsoleWatcher {
 public:
  void Feed(absl::string_view bytes);
  // Takes a last line that has no end. Nothing is fed afterwards.
  void Finish();

  const std::optional<ConsoleEvent>& event() const { return event_; }
  // The last lines so far, at most 40.
  std::string LastLines() const;

 private:
  void TakeLine(absl::string_view line);
  void Collect(absl::string_view line);

  std::string partial_;
  std::deque<std::string> last_;
  std::optional<ConsoleEvent> event_;
  // Lines still wanted for the excerpt; 0: it is whole.
  int wanted_ = 0;
  // Lines since the "cut here" that opens a splat; -1: none is open.
  int since_cut_ = -1;
};

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_CONSOLE_H_
