// SPDX-License-Identifier: Apache-2.0
#include "report/owners.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "report/table.h"

namespace roxlab {
namespace {

constexpr int kShownOwners = 15;

// Mean figures of a kind; sums until divided.
struct KindMeans {
  double blocks = 0, pages = 0, saves = 0, saves_with_above = 0;
  bool cacheable = false;
};

struct Means {
  double entries = 0, alike_blocks = 0, alike_entries = 0;
  std::map<v1::OwnerKind, KindMeans> kinds;  // In their order.
};

absl::string_view KindText(v1::OwnerKind kind) {
  switch (kind) {
    case v1::MODULE_TEXT:
      return "module text";
    case v1::BPF_PROGRAM:
      return "BPF programs";
    case v1::KPROBE:
      return "kprobes";
    case v1::TRAMPOLINE:
      return "trampolines";
    case v1::OTHER_EXECUTABLE:
      return "other executable";
    case v1::MODULE_RODATA:
      return "module rodata";
    case v1::MODULE_RO_AFTER_INIT:
      return "module ro_after_init";
    case v1::OTHER_READ_ONLY:
      return "other read-only";
    case v1::KERNEL_IMAGE:
      return "kernel image";
    case v1::NOT_MAPPED:
      return "not mapped";
    case v1::OTHER_ATTRIBUTES:
      return "other attributes";
    default:
      return "?";
  }
}

Means MeansOf(const std::vector<v1::Attribution>& runs) {
  const double share = 1.0 / static_cast<double>(runs.size());
  Means means;
  for (const v1::Attribution& run : runs)
    for (const v1::OwnerKindCount& count : run.kinds()) means.kinds[count.kind()] = {};
  for (const v1::Attribution& run : runs) {
    means.entries += share * static_cast<double>(run.entries());
    means.alike_blocks += share * static_cast<double>(run.alike_blocks());
    means.alike_entries += share * static_cast<double>(run.alike_entries());
    uint64_t above = 0;  // A kind that a run has not saves what those before it do.
    for (auto& [name, kind] : means.kinds) {
      for (const v1::OwnerKindCount& count : run.kinds()) {
        if (count.kind() != name) continue;
        kind.blocks += share * static_cast<double>(count.blocks());
        kind.pages += share * static_cast<double>(count.pages());
        kind.saves += share * static_cast<double>(count.saves());
        kind.cacheable = count.cacheable();
        above = count.saves_with_above();
      }
      kind.saves_with_above += share * static_cast<double>(above);
    }
  }
  return means;
}

std::string Saved(double entries, bool cacheable) { return cacheable ? Grouped(entries) : "-"; }

std::vector<Table::Column> KindColumns() {
  return {
      {"split by"}, {"blocks", true}, {"pages", true}, {"saves", true}, {"with those above", true}};
}

std::vector<std::string> KindCells(v1::OwnerKind name, const KindMeans& kind) {
  return {std::string(KindText(name)), Grouped(kind.blocks), Grouped(kind.pages),
          Saved(kind.saves, kind.cacheable), Saved(kind.saves_with_above, kind.cacheable)};
}

std::vector<std::string> AlikeCells(const Means& means) {
  return {"nothing any more", Grouped(means.alike_blocks), "", Grouped(means.alike_entries), ""};
}

constexpr char kLegend[] = "saves: level-3 entries fewer if all of it lay in blocks of its own.\n";

}  // namespace

std::string OwnersText(const v1::Attribution& attribution, bool all) {
  std::string text =
      absl::StrCat("after ", attribution.phase(), ": ", Grouped(attribution.blocks_size()), " of ",
                   Grouped(static_cast<double>(attribution.linear_blocks())), " blocks are split, ",
                   Grouped(static_cast<double>(attribution.entries())), " level-3 entries\n");
  const Means means = MeansOf({attribution});
  Table kinds(KindColumns());
  for (const auto& [name, kind] : means.kinds) kinds.AddRow(KindCells(name, kind));
  if (means.alike_blocks > 0) kinds.AddRow(AlikeCells(means));
  absl::StrAppend(&text, kinds.Render(2));
  if (attribution.owners().empty()) return text;
  Table owners({{"owner"}, {"of kind"}, {"blocks", true}, {"pages", true}, {"saves", true}});
  const int shown =
      all ? attribution.owners_size() : std::min(kShownOwners, attribution.owners_size());
  for (int i = 0; i < shown; ++i) {
    const v1::OwnerCount& owner = attribution.owners(i);
    owners.AddRow({owner.name().empty() ? "?" : owner.name(), std::string(KindText(owner.kind())),
                   Grouped(static_cast<double>(owner.blocks())),
                   Grouped(static_cast<double>(owner.pages())),
                   Grouped(static_cast<double>(owner.saves()))});
  }
  absl::StrAppend(&text, "\n", owners.Render(2));
  if (shown < attribution.owners_size())
    absl::StrAppend(&text, "  and ", attribution.owners_size() - shown, " more (--all)\n");
  return absl::StrCat(text, "\n", kLegend);
}

std::string OwnersText(const std::vector<OwnersGroup>& groups) {
  // What shares a table, in the order of the groups.
  std::vector<std::pair<std::string, Table>> tables;
  for (const OwnersGroup& group : groups) {
    const std::string title =
        absl::StrCat(group.machine, ", ", group.workload, ", after ", group.phase);
    auto table = std::find_if(tables.begin(), tables.end(),
                              [&](const auto& one) { return one.first == title; });
    if (table == tables.end()) {
      std::vector<Table::Column> columns = KindColumns();
      columns.insert(columns.begin(), {{"variant"}, {"seeds", true}, {"level-3 entries", true}});
      table = tables.emplace(tables.end(), title, Table(columns));
    }
    const Means means = MeansOf(group.runs);
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, kind] : means.kinds) rows.push_back(KindCells(name, kind));
    if (means.alike_blocks > 0) rows.push_back(AlikeCells(means));
    if (rows.empty()) rows.push_back({"nothing", "", "", "", ""});
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::vector<std::string> first = {group.variant, absl::StrCat(group.runs.size()),
                                              Grouped(means.entries)};
      rows[i].insert(rows[i].begin(), 3, "");
      if (i == 0) std::copy(first.begin(), first.end(), rows[i].begin());
      table->second.AddRow(rows[i]);
    }
  }
  std::string text;
  for (const auto& [title, table] : tables)
    absl::StrAppend(&text, title, "; means over the seeds\n", table.Render(2), "\n");
  return absl::StrCat(text, kLegend);
}

std::string OwnersJson(const std::vector<OwnersGroup>& groups) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const OwnersGroup& group : groups) {
    const Means means = MeansOf(group.runs);
    nlohmann::ordered_json one = {{"variant", group.variant},
                                  {"machine", group.machine},
                                  {"workload", group.workload},
                                  {"phase", group.phase},
                                  {"seeds", group.runs.size()},
                                  {"entries", means.entries},
                                  {"alike_entries", means.alike_entries},
                                  {"kinds", nlohmann::ordered_json::array()}};
    for (const auto& [name, kind] : means.kinds)
      one["kinds"].push_back({{"kind", v1::OwnerKind_Name(name)},
                              {"blocks", kind.blocks},
                              {"pages", kind.pages},
                              {"saves", kind.saves},
                              {"saves_with_above", kind.saves_with_above}});
    all.push_back(std::move(one));
  }
  return all.dump(2) + "\n";
}

}  // namespace roxlab
