// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_MACHINE_QEMU_VERSION_H_
#define ROXLAB_RUNNER_MACHINE_QEMU_VERSION_H_

#include <filesystem>
#include <string>

namespace roxlab {

// The artifact of a run that keeps it: what the command does not say.
inline constexpr char kQemuVersionFile[] = "qemu-version.txt";

// First line of `QEMU --version`, with a line end; empty when the binary does not say within ten
// seconds. Asked once for each binary of a process, in `directory`. Thread-safe.
std::string QemuVersion(const std::string& qemu, const std::filesystem::path& directory);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_MACHINE_QEMU_VERSION_H_
