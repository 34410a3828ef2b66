// SPDX-License-Identifier: Apache-2.0
#include "common/signals.h"

#include <signal.h>

namespace roxlab {
namespace {

// Never freed: a signal may come at any moment.
StopToken* token = nullptr;

extern "C" void OnSignal(int) { token->Stop(); }

}  // namespace

StopToken StopOnSignals() {
  token = new StopToken;
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (int number : {SIGINT, SIGTERM}) sigaction(number, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return *token;
}

}  // namespace roxlab
