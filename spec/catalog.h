// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_SPEC_CATALOG_H_
#define ROXLAB_SPEC_CATALOG_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "roxlab/v1/lab.pb.h"

namespace roxlab {

// Everything below a kernels/ directory, with the content of patches and fragments:
//   bases/ machines/ workloads/ variants/ experiments/   NAME.yaml, one message each
//   series/NAME/series.yaml and its *.patch, in the order of their names
//   configs/NAME.config
// A file's name and the `name` inside must be the same. Errors name file and line.
absl::StatusOr<v1::Catalog> LoadCatalog(const std::filesystem::path& kernels);

// One series from patch files or mboxes, in the given order; an mbox of several mails becomes as
// many patches. INVALID_ARGUMENT for a file that holds no mail with a diff.
absl::StatusOr<std::vector<v1::Patch>> ReadPatches(const std::filesystem::path& file);
// The same from a file's content; `file` is only its name.
absl::StatusOr<std::vector<v1::Patch>> ParsePatches(absl::string_view text,
                                                    const std::filesystem::path& file);

// A name for what comes in a file, made of the file's: what a person would call it.
std::string NameFromFile(const std::filesystem::path& file);

}  // namespace roxlab

#endif  // ROXLAB_SPEC_CATALOG_H_
