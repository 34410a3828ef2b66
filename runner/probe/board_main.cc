// SPDX-License-Identifier: Apache-2.0
//
// The probe on a board, where the system is somebody else's: a root process in a folder of its own
// that looks to it as the guest looks to /init.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/probe/command.h"
#include "runner/probe/measures.h"
#include "runner/probe/script.h"
#include "runner/probe/snapshot.h"
#include "runner/probe/stream.h"
#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"
#include "runner/probe/unpack.h"

namespace roxlab::probe {
namespace {

[[noreturn]] void GiveUp() { exit(1); }

// Makes `root` the whole world, with the build's modules and the script in it.
Result Enter(const char* root, const char* modules, const char* script) {
  Buffer text;
  Result result = text.ReadFile(script);
  if (result.ok && chdir(root) != 0)
    result = Result::Fail("cannot go to %s: %s", root, strerror(errno));
  if (result.ok) result = Unpack(modules, ".");
  if (!result.ok) return result;
  mkdir("roxlab", 0700);
  const int error = WriteText("roxlab/script", text.view(), O_CREAT | O_TRUNC);
  if (error != 0) return Result::Fail("cannot write the script: %s", strerror(error));
  if (chroot(".") != 0) return Result::Fail("cannot chroot: %s", strerror(errno));
  return MountFileSystems();
}

int Main(const char* root, const char* modules, const char* script) {
  Stream out(GiveUp);
  SetCommandRoot(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Result result = Enter(root, modules, script);
  if (result.ok) result = out.OpenFile(kResultsPath);
  if (!result.ok) {
    fprintf(stderr, "roxlab-board-probe: %s\n", result.reason);
    return 1;
  }
  ExpectOthers();
  const BoardParts board = {BeginMeasures, EndMeasures, RunCommand};
  RunScriptToEnd(out, &board);
  return 0;
}

}  // namespace
}  // namespace roxlab::probe

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: roxlab-board-probe ROOT MODULES.cpio SCRIPT\n");
    return 2;
  }
  return roxlab::probe::Main(argv[1], argv[2], argv[3]);
}
