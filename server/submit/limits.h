// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SERVER_SUBMIT_LIMITS_H_
#define ROXLAB_SERVER_SUBMIT_LIMITS_H_

#include <cstddef>

namespace roxlab {

// What one submission may ask for. A whole request is bounded by kLargestMessage (client/).
inline constexpr size_t kMaxRuns = 10'000;
inline constexpr int kMaxVariants = 100;
inline constexpr int kMaxPatches = 1'000;              // Per variant, series included.
inline constexpr size_t kMaxPatchBytes = 48u << 20;    // Of one variant's patches together.
inline constexpr size_t kMaxFileName = 255;            // Characters.
inline constexpr size_t kMaxFragmentBytes = 1u << 20;  // Of one configuration fragment.
inline constexpr int kMaxPriority = 10;                // And -10 at least.
inline constexpr int kMaxExpectations = 1'000;
inline constexpr size_t kMaxTitle = 200;     // Characters.
inline constexpr size_t kMaxCmdline = 1024;  // Characters; the kernel takes 2048 in all.
inline constexpr size_t kMaxRequestId = 64;  // Characters.

}  // namespace roxlab

#endif  // ROXLAB_SERVER_SUBMIT_LIMITS_H_
