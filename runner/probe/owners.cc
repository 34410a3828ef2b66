// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/owners.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

namespace roxlab::probe {
namespace {

bool tell_symbols = false;

// A module's memory of one kind lies in one piece: one section of each kind tells where. By name as
// the kernel's module loader sorts them (kernel/module/main.c, layout_sections(); for what is
// read-only after init module_mark_ro_after_init()). Init sections are gone when it is loaded,
// though sysfs still has their addresses.
enum Part { kText, kRodata, kRoAfterInit, kParts };

int PartOf(const char* section) {
  const std::string_view name(section);
  if (name == ".text" || name == ".exit.text" || name.starts_with(".text.")) return kText;
  if (name == "__jump_table" || name == ".data..ro_after_init") return kRoAfterInit;
  if (name.starts_with(".rodata") || name.starts_with(".note.") || name.starts_with("__ksymtab") ||
      name == "__param")
    return kRodata;
  return -1;
}

void AddSection(int directory, const char* section, std::string_view module, Buffer* owners) {
  char address[32] = "", line[400];
  const int fd = openat(directory, section, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  const ssize_t n = read(fd, address, sizeof address - 1);
  close(fd);
  if (n <= 0) return;
  address[strcspn(address, "\n")] = '\0';
  const int size = snprintf(line, sizeof line, "section %s %.*s %s\n", address,
                            static_cast<int>(module.size()), module.data(), section);
  owners->Append({line, static_cast<size_t>(size)});
}

void AddModule(std::string_view module, Buffer* owners) {
  char path[200];
  snprintf(path, sizeof path, "/sys/module/%.*s/sections", static_cast<int>(module.size()),
           module.data());
  DIR* directory = opendir(path);
  if (directory == nullptr) return;
  bool told[kParts] = {};
  while (const dirent* entry = readdir(directory)) {
    const int part = PartOf(entry->d_name);
    if (part < 0 || told[part]) continue;
    told[part] = true;
    AddSection(dirfd(directory), entry->d_name, module, owners);
  }
  closedir(directory);
}

// "Kernel code" and the like, indented beneath the memory that they are in.
void AddImage(Buffer* owners) {
  static Buffer iomem;
  if (!iomem.ReadFile("/proc/iomem").ok) return;
  for (std::string_view rest = iomem.view(); !rest.empty();) {
    std::string_view line = CutAt(&rest, '\n');
    if (line.find(" : Kernel ") == std::string_view::npos) continue;
    line.remove_prefix(line.find_first_not_of(' '));
    owners->Append("memory ");
    owners->Append(line);
    owners->Append("\n");
  }
}

// Lines "ADDRESS TYPE NAME\t[bpf]"; the kernel's own and modules' have no or another word.
void AddSymbols(Buffer* owners) {
  static Buffer symbols;
  if (!symbols.ReadFile("/proc/kallsyms").ok) return;
  for (std::string_view rest = symbols.view(); !rest.empty();) {
    const std::string_view line = CutAt(&rest, '\n');
    if (!line.ends_with("[bpf]") && line.find("\t[__builtin__") == std::string_view::npos) continue;
    owners->Append("symbol ");
    owners->Append(line);
    owners->Append("\n");
  }
}

}  // namespace

void TellSymbols() { tell_symbols = true; }

void ReadOwners(std::string_view modules, Buffer* owners) {
  owners->Clear();
  AddImage(owners);
  while (!modules.empty()) {
    std::string_view line = CutAt(&modules, '\n');
    const std::string_view name = CutAt(&line, ' ');
    if (!name.empty()) AddModule(name, owners);
  }
  if (tell_symbols) AddSymbols(owners);
}

}  // namespace roxlab::probe
