// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/pinner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

namespace roxlab::probe {
namespace {

constexpr long kPipePages = 256;

}  // namespace

Result Pinner::Pin(const char* page) {
  const long page_size = sysconf(_SC_PAGESIZE);
  if (room_ == 0) {
    // The one that is full stays open: nobody reads it, so it holds what is in it.
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0)
      return Result::Fail("cannot make a pipe: %s", strerror(errno));
    pipe_ = pipes[1];
    const long bytes = fcntl(pipe_, F_SETPIPE_SZ, static_cast<int>(kPipePages * page_size));
    if (bytes < page_size) return Result::Fail("cannot enlarge a pipe: %s", strerror(errno));
    room_ = bytes / page_size;
  }
  iovec part = {const_cast<char*>(page), 1};
  if (vmsplice(pipe_, &part, 1, 0) != 1)
    return Result::Fail("cannot pin memory: %s", strerror(errno));
  --room_;
  return {};
}

}  // namespace roxlab::probe
