// SPDX-License-Identifier: Apache-2.0
#ifndef ROXLAB_RUNNER_PROBE_OWNERS_H_
#define ROXLAB_RUNNER_PROBE_OWNERS_H_

#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"

namespace roxlab::probe {

// Also tells of BPF programs, kprobes and trampolines from now on. They are only in /proc/kallsyms,
// which takes a guest a second to read.
void TellSymbols();

// Replaces the content by what the kernel says about who has which memory, as RecordType::kOwners
// describes. `modules`: the content of /proc/modules. What a kernel does not tell is left out.
void ReadOwners(std::string_view modules, Buffer* owners);

}  // namespace roxlab::probe

#endif  // ROXLAB_RUNNER_PROBE_OWNERS_H_
