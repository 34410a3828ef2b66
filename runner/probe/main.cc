// SPDX-License-Identifier: Apache-2.0
//
// /init of the guest: does what the script says, tells the results, switches the machine off.
#include <string.h>
#include <sys/utsname.h>

#include "runner/probe/modules.h"
#include "runner/probe/snapshot.h"
#include "runner/probe/stream.h"
#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"

namespace roxlab::probe {
namespace {

// Does the script's commands; `*phase` is the one it is in.
Result RunScript(Stream& out, std::string_view script, std::string_view* phase) {
  while (!script.empty()) {
    std::string_view line = CutAt(&script, '\n');
    std::string_view command = CutAt(&line, ' ');
    Result result;
    if (command == "phase" || command == "end") {
      if (!phase->empty()) result = TakeSnapshot(out, *phase);
      if (!result.ok || command == "end") return result;
      *phase = line;
      Say("roxlab: phase %.*s", static_cast<int>(line.size()), line.data());
      out.Write(RecordType::kPhase, line, "");
    } else if (command == "load_modules") {
      result = LoadModules(out, line);
    } else if (command == "unload_modules") {
      result = UnloadModules(out, line);
    } else {
      result = Result::Fail("the probe knows no command '%.*s'", static_cast<int>(command.size()),
                            command.data());
    }
    if (!result.ok) return result;
  }
  return Result::Fail("the script has no end");
}

[[noreturn]] void Main() {
  Stream out;
  Result result = MountFileSystems();
  if (result.ok) result = out.Open();
  if (!result.ok) {
    Say("roxlab-probe: %s", result.reason);
    PowerOff();
  }
  utsname system = {};
  uname(&system);
  out.Write(RecordType::kHello, "", system.release);

  static Buffer script;
  std::string_view phase;
  result = script.ReadFile(kScriptPath);
  if (result.ok) result = RunScript(out, script.view(), &phase);
  if (!result.ok) {
    Say("roxlab-probe: %s", result.reason);
    out.Write(RecordType::kFailure, phase, result.reason);
  }
  out.Write(RecordType::kEnd, "", "");
  PowerOff();
}

}  // namespace
}  // namespace roxlab::probe

int main() { roxlab::probe::Main(); }
