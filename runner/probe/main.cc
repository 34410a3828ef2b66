// SPDX-License-Identifier: Apache-2.0
//
// /init of the guest: does what the script says, tells the results, switches the machine off.
#include "runner/probe/script.h"
#include "runner/probe/stream.h"
#include "runner/probe/system.h"

namespace roxlab::probe {
namespace {

[[noreturn]] void Main() {
  Stream out(PowerOff);
  Result result = MountFileSystems();
  if (result.ok) result = out.OpenPort();
  if (result.ok)
    RunScriptToEnd(out);
  else
    Say("roxlab-probe: %s", result.reason);
  PowerOff();
}

}  // namespace
}  // namespace roxlab::probe

int main() { roxlab::probe::Main(); }
