// SPDX-License-Identifier: Apache-2.0
#include "server/submit/cmdline.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/printable.h"
#include "server/submit/limits.h"

namespace roxlab {

absl::Status CheckCmdline(absl::string_view cmdline) {
  if (HasControl(cmdline) || cmdline.size() > kMaxCmdline)
    return absl::InvalidArgumentError(
        absl::StrCat("cmdline: one line of at most ", kMaxCmdline, " characters"));
  // The kernel hands everything after "--", in quotes or not, to init (parse_args() in
  // kernel/params.c), and with it what the lab adds.
  for (absl::string_view word : absl::StrSplit(cmdline, ' '))
    if (absl::StrReplaceAll(word, {{"\"", ""}}) == "--")
      return absl::InvalidArgumentError(
          "cmdline: '--' would give the lab's own options to init; leave it out");
  return absl::OkStatus();
}

}  // namespace roxlab
