// SPDX-License-Identifier: Apache-2.0
//
// The script of `roxlab reproduce`; that it builds, boots and finds the same is in e2e/.
#include "report/reproduce.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/files.h"
#include "common/process.h"
#include "report/newc.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// One file of a newc archive.
std::string Entry(const std::string& name, const std::string& content) {
  std::string bytes = absl::StrFormat("070701%080x", 0);
  bytes.replace(6 + 48, 8, absl::StrFormat("%08x", content.size()));
  absl::StrAppend(&bytes, "00000000", absl::StrFormat("%08x", name.size() + 1), "00000000", name);
  bytes.push_back('\0');
  bytes.resize((bytes.size() + 3) / 4 * 4);
  bytes += content;
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

std::string Initramfs() {
  return absl::StrCat(Entry("init", "the program"), Entry("TRAILER!!!", ""),
                      Entry("modules/b.ko", "ELF"), Entry("modules/load-order", "b.ko\na.ko\n"),
                      Entry("TRAILER!!!", ""));
}

ReproduceInput Sample() {
  ReproduceInput input;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(id: "abc-1" variant: "rox-cache" machine: "qemu-bbml3" workload: "modules" seed: 1
         argv: "/opt/bin/qemu-system-aarch64" argv: "-append" argv: "it's $HOME"
         snapshots { phase: "boot" collector: "ptdump" raw { sha256: "b00t" } }
         snapshots { phase: "boot" collector: "walk" raw { sha256: "other" } })",
      &input.run));
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(base: "linux-7.3" base_tree: "5f0e" toolchain: "aarch64-linux-gnu-gcc" compiler: "gcc 12"
         origins { debian { package: "linux-source-7.3" suites: "sid" suites: "trixie" } }
         origins { git { url: "https://example.org/a b.git" ref: "v7.3" } }
         artifacts { name: "Image" sha256: "1ma6e" })",
      &input.build));
  input.patches.emplace_back().set_content("diff\nROXLAB_END\n$(rm -rf /)\n");
  input.patches.emplace_back().set_content("with\r\n");
  v1::ConfigFragment& config = input.configs.emplace_back();
  config.set_name("lab");
  config.set_content("CONFIG_A=y");
  input.initramfs = Initramfs();
  return input;
}

std::string Script() {
  absl::StatusOr<std::string> script = ReproduceScript(Sample());
  EXPECT_TRUE(script.ok()) << script.status();
  return script.ok() ? *script : "";
}

// What the script's function prints.
std::string Calls(const std::string& function, const std::string& setup = "") {
  std::string script = Script();
  const size_t main = script.rfind("\nmain ");
  script.replace(main, std::string::npos, absl::StrCat("\n", setup, "\n", function, "\n"));
  absl::StatusOr<TempDir> directory = TempDir::Make(::testing::TempDir(), "script-");
  Command command{.argv = {"sh"}, .directory = directory->path()};
  command.input = script;
  absl::StatusOr<std::string> said = RunAndRead(command);
  return said.ok() ? *said : std::string(said.status().message());
}

TEST(Reproduce, TheScriptIsShellThatAnyShellReads) {
  Command check{.argv = {"sh", "-n"}};
  check.input = Script();
  const absl::StatusOr<ProcessResult> result = RunProcess(check);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->ok()) << result->output;
}

TEST(Reproduce, TheCommandIsTheRunsButForWhereQemuLies) {
  EXPECT_EQ(Calls("qemu=echo\nqemu_command"), "-append it's $HOME\n");
  EXPECT_THAT(Script(), HasSubstr("\nqemu=qemu-system-aarch64\n"));
}

TEST(Reproduce, PatchesArriveAsTheyWereWhateverTheyHold) {
  EXPECT_EQ(Calls("mkdir patches; write_patches; cat patches/0001 patches/0002"),
            "diff\nROXLAB_END\n$(rm -rf /)\nwith\r\n");
}

TEST(Reproduce, TheConfigurationIsMergedAsTheLabDoes) {
  EXPECT_EQ(Calls("write_fragments"), "# lab\nCONFIG_A=y\n");
}

TEST(Reproduce, OriginsAreTriedInTheirOrder) {
  EXPECT_EQ(Calls("fetch_base",
                  "from_debian() { echo \"debian $1 $2\"; return 1; }\n"
                  "from_git() { echo \"git $1 at $2\"; }"),
            "debian linux-source-7.3 sid\ndebian linux-source-7.3 trixie\n"
            "git https://example.org/a b.git at v7.3\n");
}

// The archive of modules that the script makes is to be that of the lab, byte for byte.
TEST(Reproduce, TheGuestsProgramIsEmbeddedAndTheModulesAreFound) {
  const std::string initramfs = Initramfs();
  const std::string head = std::string(ParseNewc(initramfs)->front().bytes);
  EXPECT_EQ(Calls("write_initramfs_head | gzip -dc"), head);
  EXPECT_EQ(Calls("load_order"), "b.ko\na.ko\n");
  const std::string modules =
      Calls("module_archive",
            "mkdir -p build/x build/y; printf 1234 >build/x/b.ko; printf 12345 >build/y/a.ko");
  const auto archives = ParseNewc(modules);
  ASSERT_TRUE(archives.ok()) << archives.status();
  ASSERT_THAT(*archives, SizeIs(1));
  ASSERT_THAT(archives->front().files, SizeIs(4));
  EXPECT_EQ(archives->front().files[1].name, "modules/b.ko");
  EXPECT_EQ(archives->front().files[2].content, "12345");
  EXPECT_EQ(archives->front().files[3].content, "b.ko\na.ko\n");
}

// Two records as the guest's program writes them (runner/probe/stream_format.h).
TEST(Reproduce, DumpsAreCutFromTheResultStreamAndCompared) {
  const std::string record =
      "printf 'RXR1\\001\\000\\000\\000\\003\\000\\000\\000\\000\\000\\000\\0007.3CRCC'\n"
      "printf 'RXR1\\004\\000\\004\\000\\005\\000\\000\\000\\001\\000\\000\\000bootdump\\nCRCC'";
  const std::string setup = absl::StrCat("mkdir boot; {\n", record, "\n} >boot/results.bin");
  EXPECT_EQ(Calls("cut_dumps; cat dumps/boot", setup), "dump\n");
  const std::string compared = Calls(
      "cut_dumps; same_or() { :; }; sha256_of() { echo b00t; }; compared && echo equal", setup);
  EXPECT_THAT(compared, HasSubstr("b00t  same\n"));
  EXPECT_THAT(compared, HasSubstr("equal\n"));
  EXPECT_THAT(
      Calls("cut_dumps; same_or() { :; }; sha256_of() { echo x; }; compared || echo not", setup),
      HasSubstr("b00t  DIFFERENT\nnot\n"));
}

TEST(Reproduce, ARunWithoutDumpsOrWithoutQemuIsRefused) {
  ReproduceInput input = Sample();
  input.run.clear_snapshots();
  EXPECT_TRUE(absl::IsFailedPrecondition(ReproduceScript(input).status()));
  input = Sample();
  input.run.set_argv(0, "ssh");
  EXPECT_THAT(std::string(ReproduceScript(input).status().message()),
              HasSubstr("was not booted by QEMU"));
  input = Sample();
  input.initramfs = "gzip";
  EXPECT_TRUE(absl::IsDataLoss(ReproduceScript(input).status()));
}

TEST(Newc, BrokenArchivesAreNamedByTheirPlace) {
  const std::string whole = Initramfs();
  ASSERT_TRUE(ParseNewc(whole).ok());
  for (size_t size = 1; size < whole.size() - 3; ++size) {
    const auto cut = ParseNewc(absl::string_view(whole).substr(0, size));
    // Whole only where the first archive ends.
    if (cut.ok()) {
      EXPECT_EQ(cut->size(), 1u) << size;
    }
  }
  std::string hostile = whole;
  hostile.replace(6 + 48, 8, "ffffffff");
  EXPECT_THAT(std::string(ParseNewc(hostile).status().message()), HasSubstr("byte 0: cut off"));
  hostile.replace(6 + 88, 8, "zzzzzzzz");
  EXPECT_THAT(std::string(ParseNewc(hostile).status().message()), HasSubstr("is no number"));
  EXPECT_TRUE(ParseNewc("")->empty());
}

}  // namespace
}  // namespace roxlab
