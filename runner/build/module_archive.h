// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_BUILD_MODULE_ARCHIVE_H_
#define ROXLAB_RUNNER_BUILD_MODULE_ARCHIVE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runner/build/sandbox.h"

namespace roxlab {

// A module of a build and the modules it needs, by name ("nf_tables").
struct BuiltModule {
  std::string name;
  std::filesystem::path file;
  std::vector<std::string> depends;
};

// An order in which each module comes after those it depends on; among equals the given order
// holds. A dependency that is not among them (built in) is ignored.
std::vector<BuiltModule> LoadOrder(const std::vector<BuiltModule>& modules);

// What modinfo printed for several files, as modules; files are named from the sandbox's
// /build on. Nothing in it is to be believed: a module can say what it likes.
std::vector<BuiltModule> ParseModinfo(absl::string_view text);

// Writes the modules of a finished build as a cpio archive to be unpacked after an initramfs:
//   modules/NAME.ko     each module
//   modules/load-order  one "NAME.ko" a line, dependencies first
// Returns how many modules there are.
absl::StatusOr<size_t> WriteModuleArchive(const Sandbox& sandbox, const std::filesystem::path& file,
                                          const StopToken& stop);

}  // namespace roxlab

#endif  // ROXLAB_RUNNER_BUILD_MODULE_ARCHIVE_H_
