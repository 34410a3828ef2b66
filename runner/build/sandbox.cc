// SPDX-License-Identifier: Apache-2.0
#include "runner/build/sandbox.h"

namespace roxlab {

Command Sandbox::Wrap(const std::vector<std::string>& argv) const {
  // clang-format off
  std::vector<std::string> wrapped = {
      "bwrap", "--unshare-all", "--die-with-parent", "--new-session",
      "--ro-bind", "/usr", "/usr",
      "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin",
      "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
      // Debian's awk and other tools are links through here.
      "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
      "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
      "--ro-bind", source.string(), "/src",
      "--bind", build.string(), "/build",
      "--bind", ccache.string(), "/ccache",
      "--chdir", "/build", "--hostname", "roxlab", "--clearenv",
      "--setenv", "PATH", "/usr/bin:/usr/sbin", "--setenv", "HOME", "/tmp",
      "--setenv", "LC_ALL", "C",
      "--setenv", "CCACHE_DIR", "/ccache", "--setenv", "CCACHE_MAXSIZE", ccache_size, "--"};
  // clang-format on
  wrapped.insert(wrapped.end(), argv.begin(), argv.end());
  return Command{.argv = std::move(wrapped)};
}

}  // namespace roxlab
