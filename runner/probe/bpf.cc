// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/probe/random.h"

namespace roxlab::probe {
namespace {

constexpr uint64_t kMaxPrograms = 20000;
constexpr uint64_t kMaxInstructions = 4000;

int g_programs[kMaxPrograms];
uint64_t g_count = 0;

// Numbers from the generator, added and mixed: something to compile that ends.
void MakeProgram(Random& random, bpf_insn* program, uint64_t size) {
  constexpr uint8_t kOperations[] = {BPF_ADD, BPF_XOR, BPF_MUL, BPF_OR};
  memset(program, 0, size * sizeof *program);
  program[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  for (uint64_t i = 1; i + 1 < size; ++i) {
    const uint64_t number = random.Next();
    program[i].code = static_cast<uint8_t>(BPF_ALU64 | kOperations[number & 3] | BPF_K);
    program[i].imm = static_cast<int32_t>(number >> 32);
  }
  program[size - 1].code = BPF_JMP | BPF_EXIT;
}

// A descriptor, or -1.
int Load(const bpf_insn* program, uint64_t size) {
  static constexpr char kLicense[] = "GPL";
  bpf_attr attr = {};
  attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  attr.insns = reinterpret_cast<uint64_t>(program);
  attr.insn_cnt = static_cast<uint32_t>(size);
  attr.license = reinterpret_cast<uint64_t>(kLicense);
  return static_cast<int>(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr));
}

Result CheckCompiled(int fd) {
  bpf_prog_info info = {};
  bpf_attr attr = {};
  attr.info.bpf_fd = static_cast<uint32_t>(fd);
  attr.info.info_len = sizeof info;
  attr.info.info = reinterpret_cast<uint64_t>(&info);
  if (syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof attr) != 0)
    return Result::Fail("cannot ask about a BPF program: %s", strerror(errno));
  if (info.jited_prog_len == 0)
    return Result::Fail("BPF programs are not compiled (is CONFIG_BPF_JIT on?)");
  return {};
}

}  // namespace

Result LoadBpf(Stream& out, uint64_t count, uint64_t instructions, uint64_t seed) {
  static bpf_insn program[kMaxInstructions];
  if (g_count + count > kMaxPrograms) return Result::Fail("too many BPF programs");
  const rlim_t files = kMaxPrograms + 100;
  const rlimit limit = {files, files};
  setrlimit(RLIMIT_NOFILE, &limit);
  Random random(SeedOf(seed));
  for (uint64_t done = 0; done < count;) {
    const uint64_t size = instructions - random.Below(static_cast<uint32_t>(instructions / 2) + 1);
    MakeProgram(random, program, size);
    int fd = Load(program, size);
    if (fd < 0)
      return Result::Fail("BPF program %llu does not load: %s%s",
                          static_cast<unsigned long long>(done), strerror(errno),
                          errno == ENOSYS ? " (is CONFIG_BPF_SYSCALL on?)" : "");
    g_programs[g_count++] = fd;
    Result result = CheckCompiled(fd);
    if (!result.ok) return result;
    if (++done % 100 == 0 || done == count) out.Progress("bpf", "programs", done, count);
  }
  return {};
}

Result UnloadBpf() {
  while (g_count > 0) close(g_programs[--g_count]);
  return {};
}

}  // namespace roxlab::probe
