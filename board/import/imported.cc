// SPDX-License-Identifier: Apache-2.0
#include "board/import/imported.h"

#include "absl/strings/str_cat.h"
#include "common/process.h"

namespace roxlab {

std::vector<std::string> SplitWords(absl::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < text.size();
    if (escapes) {
      word.push_back(text[++i]);
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word.push_back(c);
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word.push_back(c);
      in_word = true;
    }
  }
  if (quote != 0) return {};
  if (in_word) words.push_back(std::move(word));
  return words;
}

std::vector<std::string> InOrder(const std::vector<std::string>& commands) {
  if (commands.size() == 1) return SplitWords(commands[0]);
  std::string script;
  for (const std::string& command : commands) {
    const std::vector<std::string> words = SplitWords(command);
    if (words.empty()) return {};
    absl::StrAppend(&script, script.empty() ? "" : " && ", ShellQuote(words));
  }
  if (script.empty()) return {};
  return {"sh", "-c", script};
}

void Complete(ImportedBoard* imported) {
  v1::Board& board = imported->board;
  auto missing = [&](bool is_missing, absl::string_view what) {
    if (is_missing) imported->to_write.emplace_back(what);
  };
  missing(board.host().empty(), "host: the name or address that SSH connects to");
  missing(board.key().empty(), "key: the file with the private key that logs in");
  missing(!board.has_power(), "power: how it is switched, so that a board that hangs comes back");
  missing(!board.has_serial(), "serial: where the console is");
  missing(board.cmdline().find("root=") == std::string::npos,
          "cmdline: root= and what else the resident kernel is given (/proc/cmdline there)");
  if (board.boot().method_case() == v1::BoardBoot::METHOD_NOT_SET) {
    board.mutable_boot()->mutable_kexec();
    imported->to_write.emplace_back("boot: kexec was put there; or extlinux, grub, systemd_boot");
  }
}

}  // namespace roxlab
