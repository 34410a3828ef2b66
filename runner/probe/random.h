// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_RANDOM_H_
#define ROXLAB_RUNNER_PROBE_RANDOM_H_

#include <cstdint>

namespace roxlab::probe {

// Mixes all bits of `value` with all others: the output function of splitmix64 (Steele, Lea, Flood:
// "Fast splittable pseudorandom number generators", 2014).
constexpr uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// splitmix64.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() { return Mix(state_ += kStep); }
  // Below `limit`, which is not 0; the bias of 2^-32 does not matter here.
  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>((Next() >> 32) * limit >> 32); }

 private:
  static constexpr uint64_t kStep = 0x9e3779b97f4a7c15;
  uint64_t state_;
};

// A step's seed and the run's: "roxlab.seed=N" of the kernel's command line, or else a number from
// the kernel's generator, which QEMU seeds with the run's.
uint64_t SeedOf(uint64_t step_seed);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_RANDOM_H_
