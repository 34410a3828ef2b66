// SPDX-License-Identifier: Apache-2.0
//
// What the lab has: runners, and everything under kernels/.
#include <iostream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/errors.h"
#include "common/status_macros.h"
#include "report/table.h"

namespace roxlab {
namespace {

template <typename Items>
void AddCatalogRows(const char* kind, const Items& items, Table* table) {
  for (const auto& item : items) table->AddRow({kind, item.name(), item.title()});
}

std::string Ago(int64_t ms) {
  const absl::Duration ago = absl::Now() - absl::FromUnixMillis(ms);
  return absl::StrCat(absl::FormatDuration(absl::Trunc(ago, absl::Seconds(1))), " ago");
}

// "ready", "quarantined", ...; what its runner said is worth nothing once that is away.
std::string StateName(const v1::BoardRecord& board) {
  if (!board.online()) return "offline";
  std::string name = absl::AsciiStrToLower(v1::BoardState_Name(board.state()));
  return absl::StartsWith(name, "board_state") ? "gone" : name.substr(sizeof "board_" - 1);
}

std::string StateName(const v1::Runner& runner) {
  if (!runner.online()) return "offline";
  if (runner.state() == v1::RUNNER_PAUSED) return "paused";
  return runner.state() == v1::RUNNER_QUARANTINED ? "quarantined" : "online";
}

}  // namespace

absl::StatusOr<int> Runners(const CliContext& context) {
  LabClient lab(context);
  ROXLAB_ASSIGN_OR_RETURN(v1::ListRunnersResponse response,
                          lab.Call(&v1::Lab::Stub::ListRunners, v1::ListRunnersRequest()));
  if (context.json) {
    PrintJson(response);
    return kExitOk;
  }
  Table table({{"runner"},
               {"state"},
               {"builds", true},
               {"runs", true},
               {"jobs", true},
               {"seen"},
               {"bases"},
               {"tags"},
               {"why"}});
  for (const v1::Runner& runner : response.runners()) {
    table.AddRow({runner.name(), StateName(runner), absl::StrCat(runner.build_slots()),
                  absl::StrCat(runner.run_slots()), absl::StrCat(runner.jobs_size()),
                  Ago(runner.seen_ms()), absl::StrJoin(runner.bases(), " "),
                  absl::StrJoin(runner.tags(), " "), runner.reason()});
  }
  std::cout << (response.runners().empty() ? "no runner has come yet\n" : table.Render(0));
  return kExitOk;
}

absl::StatusOr<int> Boards(const CliContext& context) {
  LabClient lab(context);
  ROXLAB_ASSIGN_OR_RETURN(v1::ListBoardsResponse response,
                          lab.Call(&v1::Lab::Stub::ListBoards, v1::ListBoardsRequest()));
  if (context.json) {
    PrintJson(response);
    return kExitOk;
  }
  Table table({{"board"}, {"state"}, {"since"}, {"run"}, {"runner"}, {"tags"}, {"why"}});
  for (const v1::BoardRecord& board : response.boards())
    table.AddRow({board.machine().name(), StateName(board), Ago(board.since_ms()), board.run(),
                  board.runner(), absl::StrJoin(board.machine().tags(), " "), board.reason()});
  std::cout << (response.boards().empty() ? "no runner has announced a board yet\n"
                                          : table.Render(0));
  return kExitOk;
}

absl::StatusOr<int> Kernels(const CliContext& context) {
  LabClient lab(context);
  ROXLAB_ASSIGN_OR_RETURN(v1::Catalog catalog,
                          lab.Call(&v1::Lab::Stub::GetCatalog, v1::GetCatalogRequest()));
  if (context.json) {
    PrintJson(catalog);
    return kExitOk;
  }
  Table table({{"kind"}, {"name"}, {"title"}});
  for (const v1::Base& base : catalog.bases())
    table.AddRow({"base", base.name(), absl::StrCat("Linux ", base.version())});
  AddCatalogRows("series", catalog.series(), &table);
  for (const v1::ConfigFragment& config : catalog.configs())
    table.AddRow({"config", config.name(), ""});
  AddCatalogRows("variant", catalog.variants(), &table);
  AddCatalogRows("machine", catalog.machines(), &table);
  AddCatalogRows("workload", catalog.workloads(), &table);
  AddCatalogRows("experiment", catalog.experiments(), &table);
  std::cout << table.Render(0);
  return kExitOk;
}

}  // namespace roxlab
