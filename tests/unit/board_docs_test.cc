// SPDX-License-Identifier: Apache-2.0
// docs/boards.md against what the reader of boards' files goes by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "board/board_file.h"
#include "common/files.h"

namespace roxlab {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Manual() { return *ReadFile(ROXLAB_SOURCE_DIR "/docs/boards.md"); }

// The text of each ```yaml block, without the indentation of its first line.
std::vector<std::string> Examples() {
  std::vector<std::string> examples;
  bool inside = false;
  size_t indent = 0;
  for (absl::string_view line : absl::StrSplit(Manual(), '\n')) {
    const absl::string_view text = absl::StripLeadingAsciiWhitespace(line);
    if (text == "```yaml") {
      inside = true;
      indent = line.size() - text.size();
      examples.emplace_back();
    } else if (text == "```") {
      inside = false;
    } else if (inside) {
      absl::StrAppend(&examples.back(), line.substr(indent), "\n");
    }
  }
  return examples;
}

TEST(BoardDocs, EveryExampleOfABoardsFileIsRight) {
  EXPECT_THAT(Examples(), SizeIs(3));
  for (const std::string& example : Examples()) {
    const std::string name(absl::StripPrefix(example.substr(0, example.find('\n')), "name: "));
    const auto board = ReadBoard(example, absl::StrCat("boards.d/", name, ".yaml"));
    EXPECT_TRUE(board.ok()) << board.status() << example;
  }
}

TEST(BoardDocs, EveryKeyIsInTheReference) {
  const std::string manual = Manual();
  const std::string keys = manual.substr(manual.find("\n## Keys\n"));
  std::vector<const google::protobuf::Descriptor*> messages = {v1::Board::descriptor()};
  for (size_t i = 0; i < messages.size(); ++i) {
    const google::protobuf::Descriptor* message = messages[i];
    for (int f = 0; f < message->field_count(); ++f) {
      const auto* field = message->field(f);
      const std::string name = absl::StrCat("`", field->name(), "`");
      EXPECT_THAT(keys.substr(0, keys.find("\n## What")), HasSubstr(name)) << message->name();
      if (field->message_type() != nullptr) messages.push_back(field->message_type());
    }
  }
}

}  // namespace
}  // namespace roxlab
