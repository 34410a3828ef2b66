// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/script.h"

#include <string.h>
#include <sys/utsname.h>

#include "runner/probe/bpf.h"
#include "runner/probe/kunit.h"
#include "runner/probe/memory.h"
#include "runner/probe/modules.h"
#include "runner/probe/owners.h"
#include "runner/probe/snapshot.h"
#include "runner/probe/stream_format.h"
#include "runner/probe/system.h"
#include "runner/probe/tracing.h"

namespace roxlab::probe {
namespace {

// The words of a command's line, one after the other. A word that is missing or is no number makes
// the line bad; the runner writes none that is.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  uint64_t Number() {
    uint64_t number = 0;
    ok_ = ParseNumber(CutAt(&rest_, ' '), &number) && ok_;
    return number;
  }
  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

Result AgeMemoryStep(Stream& out, Words words) {
  Aging aging = {};
  aging.fill_percent = words.Number();
  aging.keep_percent = words.Number();
  aging.run_pages = words.Number();
  aging.seed = words.Number();
  aging.exhaust_blocks = words.Number() != 0;
  aging.unmovable_percent = words.Number();
  if (!words.ok() || aging.run_pages == 0) return Result::Fail("age_memory needs six numbers");
  return AgeMemory(out, aging);
}

Result ChurnStep(Stream& out, Words words) {
  const uint64_t times = words.Number(), readers = words.Number();
  if (!words.ok()) return Result::Fail("churn_modules needs two numbers");
  return ChurnModules(out, times, readers, words.rest());
}

Result AddKprobesStep(Stream& out, Words words) {
  const uint64_t count = words.Number(), seed = words.Number();
  if (!words.ok()) return Result::Fail("add_kprobes needs two numbers");
  return AddKprobes(out, count, seed);
}

Result LoadBpfStep(Stream& out, Words words) {
  const uint64_t count = words.Number(), instructions = words.Number(), seed = words.Number();
  if (!words.ok()) return Result::Fail("load_bpf needs three numbers");
  return LoadBpf(out, count, instructions, seed);
}

constexpr struct {
  std::string_view command;
  Result (*run)(Stream& out, Words words);
} kSteps[] = {
    {"kcore_walk",
     [](Stream&, Words) {
       AddKcoreToSnapshots();
       return Result();
     }},
    {"load_modules", [](Stream& out, Words words) { return LoadModules(out, words.rest()); }},
    {"unload_modules", [](Stream& out, Words words) { return UnloadModules(out, words.rest()); }},
    {"churn_modules", ChurnStep},
    {"age_memory", AgeMemoryStep},
    {"release_memory", [](Stream&, Words) { return ReleaseMemory(); }},
    {"add_kprobes", AddKprobesStep},
    {"remove_kprobes", [](Stream&, Words) { return RemoveKprobes(); }},
    {"load_bpf", LoadBpfStep},
    {"unload_bpf", [](Stream&, Words) { return UnloadBpf(); }},
    {"tracer", [](Stream&, Words words) { return SetTracer(words.rest()); }},
    {"tell_symbols",
     [](Stream&, Words) {
       TellSymbols();
       return Result();
     }},
    {"kunit", [](Stream& out, Words words) { return TellTests(out, words.rest()); }},
};

const BoardParts* g_board = nullptr;

Result RunStep(Stream& out, std::string_view command, std::string_view line) {
  if (command == "run_command")
    return g_board != nullptr ? g_board->run_command(out, line)
                              : Result::Fail("only a board has commands to run");
  for (const auto& step : kSteps)
    if (step.command == command) return step.run(out, Words(line));
  return Result::Fail("the probe knows no command '%.*s'", static_cast<int>(command.size()),
                      command.data());
}

// Does the script's commands; `*phase` is the one it is in.
Result RunScript(Stream& out, std::string_view script, std::string_view* phase) {
  while (!script.empty()) {
    std::string_view line = CutAt(&script, '\n');
    std::string_view command = CutAt(&line, ' ');
    Result result;
    if (command == "phase" || command == "end") {
      if (!phase->empty()) {
        if (g_board != nullptr) g_board->end_phase(out, *phase);
        result = TakeSnapshot(out, *phase);
      }
      if (!result.ok || command == "end") return result;
      *phase = line;
      Say("roxlab: phase %.*s", static_cast<int>(line.size()), line.data());
      out.Write(RecordType::kPhase, line, "");
      if (g_board != nullptr) g_board->begin_phase();
    } else {
      result = RunStep(out, command, line);
    }
    if (!result.ok) return result;
  }
  return Result::Fail("the script has no end");
}

}  // namespace

void RunScriptToEnd(Stream& out, const BoardParts* board) {
  g_board = board;
  utsname system = {};
  uname(&system);
  out.Write(RecordType::kHello, "", system.release);

  static Buffer script;
  std::string_view phase;
  Result result = script.ReadFile(kScriptPath);
  if (result.ok) result = RunScript(out, script.view(), &phase);
  if (!result.ok) {
    Say("roxlab-probe: %s", result.reason);
    out.Write(RecordType::kFailure, phase, result.reason);
  }
  out.Write(RecordType::kEnd, "", "");
}

}  // namespace roxlab::probe
