// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_REPORT_REPRODUCE_H_
#define ROXLAB_REPORT_REPRODUCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "roxlab/v1/catalog.pb.h"
#include "roxlab/v1/record.pb.h"

namespace roxlab {

// A run with all that went into it.
struct ReproduceInput {
  v1::Run run;      // With argv, artifacts and snapshots.
  v1::Build build;  // The one it booted.
  std::vector<v1::Patch> patches;
  std::vector<v1::ConfigFragment> configs;
  std::string initramfs;     // Content of the run's "initramfs.cpio".
  std::string qemu_version;  // First line of --version; empty when it is not known.
};

// A POSIX shell script that fetches the base, applies the patches, configures, makes, boots the
// run's QEMU command and compares the dumps of the page tables with the run's, with nothing of
// roxlab: reproduce.sh behind what differs from run to run. The program in the guest is embedded;
// the modules come from the script's own build.
//
// FAILED_PRECONDITION for a run that has no dump to compare with (it did not get that far, or was
// not booted by QEMU), DATA_LOSS for an initramfs that cannot be read.
absl::StatusOr<std::string> ReproduceScript(const ReproduceInput& input);

}  // namespace roxlab

#endif  // ROXLAB_REPORT_REPRODUCE_H_
