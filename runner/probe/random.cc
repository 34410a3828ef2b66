// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/random.h"

#include <sys/random.h>

#include "runner/probe/system.h"

namespace roxlab::probe {
namespace {

uint64_t ReadRunSeed() {
  constexpr std::string_view kKey = "roxlab.seed=";
  Buffer cmdline;
  uint64_t seed = 0;
  if (cmdline.ReadFile("/proc/cmdline").ok) {
    std::string_view rest = cmdline.view();
    while (!rest.empty()) {
      std::string_view line = CutAt(&rest, '\n');
      while (!line.empty()) {
        std::string_view word = CutAt(&line, ' ');
        if (word.starts_with(kKey) && ParseNumber(word.substr(kKey.size()), &seed)) return seed;
      }
    }
  }
  // The generator has its seed from the boot loader: this does not wait.
  [[maybe_unused]] ssize_t n = getrandom(&seed, sizeof seed, 0);
  return seed;
}

}  // namespace

uint64_t SeedOf(uint64_t step_seed) {
  static const uint64_t run_seed = ReadRunSeed();
  return Mix(run_seed) ^ Mix(~step_seed);
}

}  // namespace roxlab::probe
