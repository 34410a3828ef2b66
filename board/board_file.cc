// SPDX-License-Identifier: Apache-2.0
#include "board/board_file.h"

#include <yaml-cpp/yaml.h>

#include "absl/strings/str_cat.h"
#include "board/board_check.h"
#include "common/files.h"
#include "common/names.h"
#include "common/status_macros.h"
#include "spec/yaml.h"

namespace roxlab {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kMaxFileBytes = 1 << 20;

// The line of the innermost part of `key` that the text has; of the whole document: 1.
int LineOf(absl::string_view text, const std::vector<std::string>& key) {
  try {
    YAML::Node node = YAML::Load(std::string(text));
    int line = 0;
    for (const std::string& word : key) {
      if (!node.IsMap()) break;
      YAML::Node inner;
      for (const auto& entry : node) {
        if (entry.first.Scalar() != word) continue;
        line = entry.first.Mark().line;
        inner.reset(entry.second);
      }
      node.reset(inner);
    }
    return line + 1;
  } catch (const YAML::Exception&) {
    return 1;  // It was read before, so this does not happen.
  }
}

void EmitMessage(const google::protobuf::Message& message, YAML::Emitter& out);

void EmitValue(const google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor& field, YAML::Emitter& out) {
  const auto& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    out << YAML::Flow << YAML::BeginSeq;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i)
      out << YAML::DoubleQuoted << reflection.GetRepeatedString(message, &field, i);
    out << YAML::EndSeq;
  } else if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
    EmitMessage(reflection.GetMessage(message, &field), out);
  } else if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_UINT32) {
    out << reflection.GetUInt32(message, &field);
  } else {
    out << YAML::DoubleQuoted << reflection.GetString(message, &field);
  }
}

void EmitMessage(const google::protobuf::Message& message, YAML::Emitter& out) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  if (fields.empty()) out << YAML::Flow;
  out << YAML::BeginMap;
  for (const auto* field : fields) {
    out << YAML::Key << field->name() << YAML::Value;
    EmitValue(message, *field, out);
  }
  out << YAML::EndMap;
}

}  // namespace

absl::StatusOr<v1::Board> ReadBoard(absl::string_view text, const fs::path& file) {
  v1::Board board;
  ROXLAB_RETURN_IF_ERROR(ReadYaml(text, file.string(), &board));
  auto wrong = [&](const std::vector<std::string>& key, absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat(file.string(), ":", LineOf(text, key), ": ", what));
  };
  const std::string expected = file.stem().string();
  if (board.name() != expected || !IsValidName(expected)) {
    return wrong({"name"}, absl::StrCat("the name inside is '", board.name(), "', expected '",
                                        expected, "'"));
  }
  FillBoardDefaults(&board);
  if (std::optional<BoardProblem> problem = FindBoardProblem(board))
    return wrong(problem->key, problem->what);
  board.set_key((file.parent_path() / board.key()).lexically_normal().string());
  return board;
}

absl::StatusOr<v1::Board> LoadBoard(const fs::path& file) {
  ROXLAB_ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kMaxFileBytes));
  return ReadBoard(text, file);
}

fs::path BoardsOf(const fs::path& home) { return home / "boards.d"; }

absl::StatusOr<BoardFiles> LoadBoards(const fs::path& directory) {
  BoardFiles result;
  ROXLAB_ASSIGN_OR_RETURN(const std::vector<fs::path> files, FilesIn(directory, ".yaml"));
  for (const fs::path& file : files) {
    absl::StatusOr<v1::Board> board = LoadBoard(file);
    if (board.ok()) {
      result.boards.push_back(*std::move(board));
    } else {
      result.errors.push_back(board.status());
    }
  }
  return result;
}

std::string WriteBoard(const v1::Board& board) {
  YAML::Emitter out;
  EmitMessage(board, out);
  return absl::StrCat(out.c_str(), "\n");
}

}  // namespace roxlab
