// SPDX-License-Identifier: Apache-2.0
#include "report/reproduce.h"

#include <zlib.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/kernel_make.h"
#include "common/process.h"
#include "report/newc.h"
#include "report/reproduce_tail.h"

namespace roxlab {
namespace {

constexpr char kPtdump[] = "ptdump";
constexpr char kLoadOrder[] = "modules/load-order";

std::string Quoted(const std::string& word) { return ShellQuote({word}); }

// `text` as a here-document of the command; its last line is ended if it was not.
std::string HereDocument(absl::string_view command, absl::string_view text) {
  std::string end = "ROXLAB_END";
  while (absl::StrContains(text, end)) absl::StrAppend(&end, "_");
  return absl::StrCat(command, " <<'", end, "'\n", text,
                      text.empty() || absl::EndsWith(text, "\n") ? "" : "\n", end, "\n");
}

std::string InLines(absl::string_view text) {
  std::string lines;
  for (; !text.empty(); text.remove_prefix(std::min<size_t>(text.size(), 76)))
    absl::StrAppend(&lines, text.substr(0, 76), "\n");
  return lines;
}

// Bytes that a here-document cannot hold as they are.
std::string Base64Document(absl::string_view command, absl::string_view bytes) {
  return HereDocument(absl::StrCat("base64 -d ", command), InLines(absl::Base64Escape(bytes)));
}

// A gzip file; the same bytes give the same.
absl::StatusOr<std::string> Gzip(absl::string_view bytes) {
  z_stream stream = {};
  constexpr int kGzip = 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return absl::ResourceExhaustedError("gzip: no memory");
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int end = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) return absl::InternalError("gzip failed");
  return packed;
}

std::string Fetch(const v1::Origin& origin) {
  switch (origin.from_case()) {
    case v1::Origin::kDebian: {
      std::vector<std::string> tries;
      for (const std::string& suite : origin.debian().suites())
        tries.push_back(
            absl::StrCat("from_debian ", ShellQuote({origin.debian().package(), suite})));
      return absl::StrJoin(tries, " ||\n    ");
    }
    case v1::Origin::kLocal:
      return absl::StrCat("from_local ", Quoted(origin.local()));
    case v1::Origin::kGit:
      return absl::StrCat("from_git ", ShellQuote({origin.git().url(), origin.git().ref()}));
    case v1::Origin::kTarball:
      return absl::StrCat("from_tarball ",
                          ShellQuote({origin.tarball().url(), origin.tarball().sha256()}));
    case v1::Origin::FROM_NOT_SET:
      break;
  }
  return "false";
}

std::string FetchBase(const v1::Build& build) {
  std::string tries;
  for (const v1::Origin& origin : build.origins())
    absl::StrAppend(&tries, Fetch(origin), " ||\n    ");
  return absl::StrCat("fetch_base() {\n  ", tries,
                      "die 'the sources of the base could not be fetched; say with BASE=... where "
                      "they are'\n}\n");
}

std::string WritePatches(const std::vector<v1::Patch>& patches) {
  std::string text = "write_patches() {\n:\n";
  for (size_t i = 0; i < patches.size(); ++i) {
    // The names of files of strangers are not to be trusted; the order is what counts.
    const std::string file = absl::StrFormat(">patches/%04d", i + 1);
    const std::string& content = patches[i].content();
    absl::StrAppend(&text, absl::StrContains(content, '\0') || absl::StrContains(content, '\r')
                               ? Base64Document(file, content)
                               : HereDocument(absl::StrCat("cat ", file), content));
  }
  return absl::StrCat(text, "}\n");
}

std::string WriteFragments(const std::vector<v1::ConfigFragment>& configs) {
  std::string text;
  for (const v1::ConfigFragment& config : configs)
    absl::StrAppend(&text, "# ", config.name(), "\n", config.content(), "\n");
  return absl::StrCat("write_fragments() {\n", HereDocument("cat", text), "}\n");
}

absl::StatusOr<std::string> WriteInitramfs(absl::string_view initramfs) {
  absl::StatusOr<std::vector<NewcArchive>> archives = ParseNewc(initramfs);
  if (!archives.ok()) return archives.status();
  absl::string_view load_order;
  if (archives->size() == 2)
    for (const NewcFile& file : archives->back().files)
      if (file.name == kLoadOrder) load_order = file.content;
  if (archives->size() != 2 || load_order.data() == nullptr)
    return absl::DataLossError(
        "the run's initramfs is not the lab's archive and then the modules'");
  absl::StatusOr<std::string> head = Gzip(archives->front().bytes);
  if (!head.ok()) return head.status();
  return absl::StrCat("load_order() {\n", HereDocument("cat", load_order),
                      "}\nwrite_initramfs_head() {\n", Base64Document("", *head), "}\n");
}

std::string Sha256Of(const google::protobuf::RepeatedPtrField<v1::Artifact>& artifacts,
                     absl::string_view name) {
  for (const v1::Artifact& artifact : artifacts)
    if (artifact.name() == name) return artifact.sha256();
  return "";
}

std::string Snapshots(const v1::Run& run) {
  std::string text;
  for (const v1::Snapshot& snapshot : run.snapshots())
    if (snapshot.collector() == kPtdump)
      absl::StrAppend(&text, snapshot.phase(), " ", snapshot.raw().sha256(), "\n");
  return text;
}

std::string Variables(const ReproduceInput& input) {
  const v1::Build& build = input.build;
  const std::pair<const char*, std::string> variables[] = {
      {"run", input.run.id()},
      {"base_name", build.base()},
      {"base_tree", build.base_tree()},
      {"toolchain", build.toolchain()},
      {"compiler", build.compiler()},
      {"qemu", input.run.argv(0).substr(input.run.argv(0).rfind('/') + 1)},
      {"qemu_version", input.qemu_version},
      {"image_sha256", Sha256Of(build.artifacts(), "Image")},
      {"modules_sha256", Sha256Of(build.artifacts(), "modules.cpio")},
      {"initramfs_sha256", Sha256Of(input.run.artifacts(), "initramfs.cpio")}};
  std::string text;
  for (const auto& [name, value] : variables)
    absl::StrAppend(&text, name, "=", Quoted(value), "\n");
  return text;
}

}  // namespace

absl::StatusOr<std::string> ReproduceScript(const ReproduceInput& input) {
  const v1::Run& run = input.run;
  const std::string snapshots = Snapshots(run);
  if (snapshots.empty() || run.argv().empty())
    return absl::FailedPreconditionError(
        absl::StrCat("run ", run.id(), " has no dump of its page tables to compare with"));
  if (!absl::StrContains(run.argv(0), "qemu"))
    return absl::FailedPreconditionError(
        absl::StrCat("run ", run.id(), " was not booted by QEMU, but on ", run.machine()));
  absl::StatusOr<std::string> initramfs = WriteInitramfs(input.initramfs);
  if (!initramfs.ok()) return initramfs.status();
  std::vector<std::string> qemu(run.argv().begin() + 1, run.argv().end());
  return absl::StrCat(
      "#!/bin/sh\n# Run ", run.id(), " of a roxlab lab again, without roxlab: variant ",
      run.variant(), ", machine ", run.machine(), ",\n# workload ", run.workload(), ", seed ",
      run.seed(), ". Any argument prints what it does and which variables it takes.\nset -eu\n\n",
      Variables(input), "\nsnapshots() {\n", HereDocument("cat", snapshots),
      "}\nqemu_command() {\n  \"$qemu\" ", ShellQuote(qemu), "\n}\nmake_variables() {\n  run_make ",
      ShellQuote(KernelMakeVariables(input.build.toolchain())), " \"$@\"\n}\n",
      FetchBase(input.build), WritePatches(input.patches), WriteFragments(input.configs),
      *initramfs, "\n", kReproduceTail, "\nmain \"$@\"\n");
}

}  // namespace roxlab
