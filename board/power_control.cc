// SPDX-License-Identifier: Apache-2.0
#include "board/power_control.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "board/pdudaemon.h"
#include "common/printable.h"
#include "common/status_macros.h"

namespace roxlab {
namespace {

using Words = google::protobuf::RepeatedPtrField<std::string>;

constexpr size_t kMaxSaid = 64 << 10;
constexpr size_t kMaxShown = 2000;

absl::Status RunSwitch(absl::string_view verb, const Words& words, absl::Time deadline,
                       const StopToken& stop) {
  if (words.empty())
    return absl::FailedPreconditionError(absl::StrCat("no command for power ", verb));
  Command command;
  command.argv.assign(words.begin(), words.end());
  command.timeout = deadline - absl::Now();
  std::string said;
  command.on_output = [&said](absl::string_view bytes) {
    if (said.size() < kMaxSaid) absl::StrAppend(&said, bytes.substr(0, kMaxSaid - said.size()));
  };
  ROXLAB_ASSIGN_OR_RETURN(const ProcessResult result, RunProcess(command, stop));
  if (result.ok()) return absl::OkStatus();
  const std::string what = absl::StrCat("power ", verb, ": ", ShellQuote(command.argv), ": ",
                                        result.Describe(), said.empty() ? "" : ": ",
                                        Printable(absl::StripAsciiWhitespace(said), kMaxShown));
  if (result.timed_out) return absl::DeadlineExceededError(what);
  return result.stopped ? absl::CancelledError(what) : absl::InternalError(what);
}

absl::Status Switch(const v1::BoardPower& power, absl::string_view verb, const Words& words,
                    absl::Time deadline, const StopToken& stop) {
  if (power.has_commands()) return RunSwitch(verb, words, deadline, stop);
  if (power.has_pdudaemon()) return AskPduDaemon(power.pdudaemon(), verb, deadline, stop);
  return absl::FailedPreconditionError(
      absl::StrCat("power ", verb, ": the board's file has no 'power'"));
}

}  // namespace

absl::Status PowerControl::Check(absl::Time deadline, const StopToken& stop) const {
  if (power_.has_pdudaemon()) return ReachPduDaemon(power_.pdudaemon(), deadline, stop);
  if (!available()) return absl::FailedPreconditionError("the board's file has no 'power'");
  const v1::PowerCommands& commands = power_.commands();
  for (const Words* words : {&commands.on(), &commands.off(), &commands.cycle()})
    if (!words->empty() && FindProgram(words->Get(0)).empty())
      return absl::NotFoundError(
          absl::StrCat("no program '", words->Get(0), "' on this host, which the power command ",
                       ShellQuote({words->begin(), words->end()}), " needs"));
  return absl::OkStatus();
}

absl::Status PowerControl::On(absl::Time deadline, const StopToken& stop) const {
  return Switch(power_, "on", power_.commands().on(), deadline, stop);
}

absl::Status PowerControl::Off(absl::Time deadline, const StopToken& stop) const {
  return Switch(power_, "off", power_.commands().off(), deadline, stop);
}

absl::Status PowerControl::Cycle(absl::Time deadline, const StopToken& stop) const {
  if (power_.has_commands() && power_.commands().cycle().empty()) {
    ROXLAB_RETURN_IF_ERROR(Off(deadline, stop));
    return On(deadline, stop);
  }
  // pdudaemon's word for it.
  return Switch(power_, power_.has_pdudaemon() ? "reboot" : "cycle", power_.commands().cycle(),
                deadline, stop);
}

}  // namespace roxlab
