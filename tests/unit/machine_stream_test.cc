// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "common/printable.h"
#include "runner/collect/stream_reader.h"
#include "runner/collect/transcript.h"
#include "tests/unit/probe_stream.h"

namespace roxlab {
namespace {

using probe::RecordType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string WholeStream() {
  return ProbeStream()
      .Add(RecordType::kHello, "", "7.3.4")
      .Phase("boot", "tables of boot", "")
      .Add(RecordType::kPhase, "loaded")
      .Add(RecordType::kProgress, "fat", "load 1 2")
      .Add(RecordType::kProgress, "vfat", "load 2 2")
      .Add(RecordType::kPageTables, "loaded", std::string("tables\0of loaded", 16))
      .Add(RecordType::kModuleList, "loaded", "vfat 1\nfat 1\n")
      .Add(RecordType::kEnd)
      .bytes;
}

struct Read {
  explicit Read(absl::string_view bytes, size_t step = 1 << 20) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
      status.Update(reader.Feed(bytes.substr(0, step)));
  }
  std::vector<std::string> records;
  absl::Status status;
  StreamReader reader{[this](const Record& record) {
    records.push_back(
        absl::StrCat(static_cast<int>(record.type), " ", record.name, " ", record.payload.size()));
  }};
};

TEST(StreamReader, RecordsComeOutWholeWhateverThePiecesAre) {
  const Read whole(WholeStream());
  EXPECT_THAT(whole.records,
              ElementsAre("1  5", "2 boot 0", "4 boot 14", "5 boot 0", "2 loaded 0", "3 fat 8",
                          "3 vfat 8", "4 loaded 16", "5 loaded 13", "7  0"));
  for (size_t step : {1, 3, 17, 100}) {
    const Read read(WholeStream(), step);
    EXPECT_TRUE(read.status.ok()) << read.status;
    EXPECT_TRUE(read.reader.complete());
    EXPECT_EQ(read.records, whole.records);
  }
}

TEST(StreamReader, ACutStreamIsNeitherTornNorComplete) {
  const std::string bytes = WholeStream();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Read read(absl::string_view(bytes).substr(0, size));
    EXPECT_TRUE(read.status.ok()) << read.status;
    EXPECT_FALSE(read.reader.complete()) << size;
  }
}

TEST(StreamReader, EveryFlippedBitIsSeen) {
  const std::string bytes = WholeStream();
  for (size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string torn = bytes;
    torn[i / 8] = static_cast<char>(torn[i / 8] ^ (1 << i % 8));
    const Read read(torn);
    EXPECT_FALSE(read.status.ok() && read.reader.complete()) << "bit " << i;
  }
}

TEST(StreamReader, ALostRecordIsSeenAndThePlaceIsSaid) {
  std::string bytes = ProbeStream().Add(RecordType::kHello).Add(RecordType::kPhase, "boot").bytes;
  const size_t first = sizeof(probe::RecordHeader) + 4;
  const Read read(absl::string_view(bytes).substr(first));
  EXPECT_EQ(read.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(read.status.message()),
              HasSubstr("record 0 at byte 0: sequence number is 1"));
}

TEST(StreamReader, AnImpossibleSizeIsRefusedBeforeItIsWaitedFor) {
  probe::RecordHeader header = {probe::kRecordMagic, 1, 0, 0xffffffff, 0};
  const Read read(absl::string_view(reinterpret_cast<const char*>(&header), sizeof header));
  EXPECT_THAT(std::string(read.status.message()), HasSubstr("impossible size"));
}

TEST(StreamReader, NothingMayFollowTheEnd) {
  const Read read(WholeStream() + WholeStream());
  EXPECT_THAT(std::string(read.status.message()), HasSubstr("more after the end"));
}

TEST(StreamReader, NoiseIsTornAndStaysTorn) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    std::string noise(64, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    Read read(noise);
    EXPECT_FALSE(read.status.ok());
    EXPECT_FALSE(read.reader.Feed(WholeStream()).ok());
    EXPECT_THAT(read.records, IsEmpty());
  }
}

class TranscriptTest : public ::testing::Test {
 protected:
  TranscriptTest() {
    workload_.add_phases()->set_name("boot");
    workload_.add_phases()->set_name("loaded");
  }
  std::unique_ptr<Transcript> Read(absl::string_view bytes) {
    auto progress = [this](const v1::Progress& p) {
      progress_.push_back(absl::StrCat(p.stage(), " ", p.done(), "/", p.total()));
    };
    auto snapshot = [this](const RawSnapshot& raw) {
      snapshots_.push_back(absl::StrCat(raw.phase, ": ", raw.page_tables));
      return snapshot_status_;
    };
    auto tests = [this](absl::string_view suite, absl::string_view ktap) {
      tests_.push_back(absl::StrCat(suite, ": ", ktap));
    };
    auto transcript =
        std::make_unique<Transcript>(workload_, Transcript::Sinks{progress, snapshot, tests});
    transcript->Feed(bytes);
    return transcript;
  }

  v1::Workload workload_;
  std::vector<std::string> progress_, snapshots_, tests_;
  absl::Status snapshot_status_;
};

TEST_F(TranscriptTest, TellsProgressAndSnapshots) {
  const auto transcript = Read(WholeStream());
  EXPECT_TRUE(transcript->complete());
  EXPECT_EQ(transcript->snapshots(), 2u);
  EXPECT_THAT(progress_, ElementsAre("phase boot 0/0", "phase loaded 0/0", "phase loaded 1/2",
                                     "phase loaded 2/2"));
  EXPECT_THAT(snapshots_,
              ElementsAre("boot: tables of boot", std::string("loaded: tables\0of loaded", 24)));
}

TEST_F(TranscriptTest, WhatComesBesideADumpBelongsToItsSnapshotOnly) {
  std::vector<std::string> kcore, owners;
  Transcript transcript(workload_, {[](const v1::Progress&) {},
                                    [&](const RawSnapshot& raw) {
                                      kcore.emplace_back(raw.kcore_tables);
                                      owners.emplace_back(raw.owners);
                                      return absl::OkStatus();
                                    },
                                    nullptr});
  transcript.Feed(ProbeStream()
                      .Add(RecordType::kHello)
                      .Add(RecordType::kPhase, "boot")
                      .Add(RecordType::kPageTables, "boot", "dump")
                      .Add(RecordType::kKcoreTables, "boot", "tables")
                      .Add(RecordType::kOwners, "boot", "module 1 fat text")
                      .Add(RecordType::kModuleList, "boot", "")
                      .Phase("loaded", "dump")
                      .Add(RecordType::kEnd)
                      .bytes);
  EXPECT_TRUE(transcript.complete()) << transcript.status();
  EXPECT_THAT(kcore, ElementsAre("tables", ""));
  EXPECT_THAT(owners, ElementsAre("module 1 fat text", ""));
}

TEST_F(TranscriptTest, AFailureIsKeptAsPrintableText) {
  const auto transcript = Read(ProbeStream()
                                   .Add(RecordType::kHello)
                                   .Phase("boot", "tables")
                                   .Add(RecordType::kPhase, "loaded")
                                   .Add(RecordType::kFailure, "loaded", "no \x1b[2J\xff way")
                                   .Add(RecordType::kEnd)
                                   .bytes);
  EXPECT_TRUE(transcript->complete());
  EXPECT_EQ(transcript->failure(), "no ?[2J? way");
  EXPECT_EQ(transcript->phase(), "loaded");
  EXPECT_EQ(transcript->snapshots(), 1u);
}

TEST_F(TranscriptTest, ResultsOfTestsComeAsTheyWereWritten) {
  const auto transcript = Read(ProbeStream()
                                   .Add(RecordType::kHello)
                                   .Add(RecordType::kPhase, "boot")
                                   .Add(RecordType::kTests, "rox", "KTAP version 1\n")
                                   .Add(RecordType::kTests, "\x1b", "\xff")
                                   .bytes);
  EXPECT_TRUE(transcript->status().ok()) << transcript->status();
  EXPECT_THAT(tests_, ElementsAre("rox: KTAP version 1\n", "\x1b: \xff"));
}

TEST_F(TranscriptTest, StoriesThatTheWorkloadHasNotAreRefused) {
  auto hello = [] { return ProbeStream().Add(RecordType::kHello); };
  const std::string stories[] = {
      hello().Add(RecordType::kPhase, "../../etc").bytes,
      hello().Add(RecordType::kPhase, "loaded").bytes,
      hello().Add(RecordType::kPageTables, "boot", "x").bytes,
      hello().Add(RecordType::kPageTables, "", "x").bytes,
      hello().Add(RecordType::kKcoreTables, "boot", "x").bytes,
      hello()
          .Add(RecordType::kPhase, "boot")
          .Add(RecordType::kKcoreTables, "boot", "x")
          .Add(RecordType::kKcoreTables, "boot", "again")
          .bytes,
      hello().Add(RecordType::kProgress, "fat", "load 1 1").bytes,
      hello().Add(RecordType::kPhase, "boot").Add(RecordType::kModuleList, "boot", "").bytes,
      hello().Add(RecordType::kPhase, "boot").Add(RecordType::kProgress, "fat", "load 9 1").bytes,
      hello().Add(RecordType::kPhase, "boot").Add(RecordType::kPhase, "loaded").bytes,
      hello().Phase("boot", "x").Add(RecordType::kPageTables, "boot", "again").bytes,
      hello().Phase("boot", "x").Add(RecordType::kEnd).bytes,
      hello().Add(RecordType::kHello).bytes,
      hello().Add(RecordType::kTests, "rox", "x").bytes,
      hello().Phase("boot", "x").Add(RecordType::kTests, "rox", "x").bytes,
  };
  for (const std::string& story : stories) {
    const auto transcript = Read(story);
    EXPECT_EQ(transcript->status().code(), absl::StatusCode::kDataLoss) << &story - stories;
    EXPECT_FALSE(transcript->complete());
  }
}

TEST_F(TranscriptTest, AnErrorOfTheSinkStopsIt) {
  snapshot_status_ = absl::ResourceExhaustedError("no space");
  const auto transcript = Read(WholeStream());
  EXPECT_EQ(transcript->status(), snapshot_status_);
  EXPECT_EQ(snapshots_.size(), 1u);
}

TEST(Printable, KeepsLinesAndBoundsTheSize) {
  EXPECT_EQ(Printable("a\tb\nc\rd\x80", 100), "a\tb\nc?d?");
  EXPECT_EQ(Printable("abcdef", 3), "abc");
}

}  // namespace
}  // namespace roxlab
