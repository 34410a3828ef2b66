// SPDX-License-Identifier: Apache-2.0
#include "runner/machine/qemu_version.h"

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/process.h"

namespace roxlab {

std::string QemuVersion(const std::string& qemu, const std::filesystem::path& directory) {
  static absl::Mutex mutex(absl::kConstInit);
  static auto& known ABSL_GUARDED_BY(mutex) = *new std::map<std::string, std::string>();
  absl::MutexLock lock(&mutex);
  if (auto found = known.find(qemu); found != known.end()) return found->second;
  Command command{.argv = {qemu, "--version"}, .directory = directory};
  command.timeout = absl::Seconds(10);
  const absl::StatusOr<std::string> said = RunAndRead(command);
  if (!said.ok()) return "";  // Asked again next time.
  return known[qemu] = absl::StrCat(said->substr(0, said->find('\n')), "\n");
}

}  // namespace roxlab
