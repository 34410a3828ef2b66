// SPDX-License-Identifier: Apache-2.0
#include "runner/probe/owners.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

namespace roxlab::probe {
namespace {

bool tell_symbols = false;

// A module's memory of one kind lies in one piece, which begins with the lowest of its sections. By
// name as the kernel's module loader sorts them (kernel/module/main.c, layout_sections(); for what
// is read-only after init module_mark_ro_after_init()). Init sections are gone when it is loaded,
// though sysfs still has their addresses.
enum Part { kText, kRodata, kRoAfterInit, kParts };
constexpr const char* kPartNames[kParts] = {"text", "rodata", "ro_after_init"};

int PartOf(const char* section) {
  const std::string_view name(section);
  if (name == ".text" || name == ".exit.text" || name.starts_with(".text.")) return kText;
  if (name == "__jump_table" || name == ".data..ro_after_init") return kRoAfterInit;
  if (name.starts_with(".rodata") || name.starts_with(".note.") || name.starts_with("__ksymtab") ||
      name == "__param")
    return kRodata;
  return -1;
}

// A section's address; 0 where the kernel does not tell.
unsigned long long AddressOf(int directory, const char* section) {
  char address[32] = "";
  const int fd = openat(directory, section, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t n = read(fd, address, sizeof address - 1);
  close(fd);
  return n <= 0 ? 0 : strtoull(address, nullptr, 16);
}

void AddModule(std::string_view module, Buffer* owners) {
  const int length = static_cast<int>(module.size());
  char text[300];
  snprintf(text, sizeof text, "/sys/module/%.*s/sections", length, module.data());
  DIR* directory = opendir(text);
  if (directory == nullptr) return;
  unsigned long long lowest[kParts] = {};
  while (const dirent* entry = readdir(directory)) {
    const int part = PartOf(entry->d_name);
    if (part < 0) continue;
    const unsigned long long address = AddressOf(dirfd(directory), entry->d_name);
    if (address != 0 && (lowest[part] == 0 || address < lowest[part])) lowest[part] = address;
  }
  closedir(directory);
  for (int part = 0; part < kParts; ++part) {
    if (lowest[part] == 0) continue;
    const int size = snprintf(text, sizeof text, "module %llx %.*s %s\n", lowest[part], length,
                              module.data(), kPartNames[part]);
    owners->Append({text, static_cast<size_t>(size)});
  }
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
