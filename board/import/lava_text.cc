// SPDX-License-Identifier: Apache-2.0
#include "board/import/lava_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace roxlab {
namespace {

int LineAt(absl::string_view text, size_t offset) {
  return 1 +
         static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

// A literal of jinja2 is nearly one of YAML's flow style; what is not is an expression.
bool IsLiteral(const YAML::Node& node) {
  if (node.IsSequence())
    return std::all_of(node.begin(), node.end(), [](const auto& item) { return IsLiteral(item); });
  if (node.IsMap())
    return std::all_of(node.begin(), node.end(), [](const auto& entry) {
      return IsLiteral(entry.first) && IsLiteral(entry.second);
    });
  if (!node.IsScalar()) return false;
  if (node.Tag() == "!") return true;  // Quoted.
  const std::string& text = node.Scalar();
  double number = 0;
  return text == "True" || text == "False" || text == "true" || text == "false" ||
         YAML::convert<double>::decode(node, number);
}

YAML::Node Literal(absl::string_view text) {
  try {
    YAML::Node node = YAML::Load(std::string(text));
    return IsLiteral(node) ? node : YAML::Node(YAML::NodeType::Undefined);
  } catch (const YAML::Exception&) {
    return YAML::Node(YAML::NodeType::Undefined);
  }
}

void ReadStatement(absl::string_view statement, int line, const std::string& where,
                   LavaVariables* variables) {
  auto left_out = [&] {
    variables->left_out.push_back(
        absl::StrCat(where, ": not a plain assignment: ", statement.substr(0, 80)));
  };
  absl::string_view rest = statement;
  std::string name = "extends";
  if (absl::ConsumePrefix(&rest, "set ")) {
    const size_t equals = rest.find('=');
    if (equals == absl::string_view::npos) return left_out();
    name = std::string(absl::StripAsciiWhitespace(rest.substr(0, equals)));
    rest.remove_prefix(equals + 1);
  } else if (!absl::ConsumePrefix(&rest, "extends ")) {
    return left_out();
  }
  YAML::Node value = Literal(absl::StripAsciiWhitespace(rest));
  if (!value.IsDefined()) return left_out();
  variables->by_name[name] = {value, line};
}

LavaVariables ReadJinja(absl::string_view text, const std::string& file) {
  LavaVariables variables;
  size_t at = 0;
  while ((at = text.find('{', at)) != absl::string_view::npos) {
    const absl::string_view open = text.substr(at, 2);
    const absl::string_view close = open == "{%" ? "%}" : open == "{#" ? "#}" : "}}";
    if (open != "{%" && open != "{#" && open != "{{") {
      ++at;
      continue;
    }
    const size_t end = std::min(text.find(close, at + 2), text.size());
    absl::string_view inner = text.substr(at + 2, end - at - 2);
    absl::ConsumePrefix(&inner, "-");
    absl::ConsumeSuffix(&inner, "-");
    const int line = LineAt(text, at);
    if (open != "{#")
      ReadStatement(absl::StripAsciiWhitespace(inner), line, absl::StrCat(file, ":", line),
                    &variables);
    at = end;
  }
  return variables;
}

// Where a rendered file has what a variable says.
struct Place {
  const char* variable;
  std::vector<std::string> keys;
};

const std::vector<Place>& Places() {
  static const auto* places = new std::vector<Place>{
      {"extends", {"device_type"}},
      {"power_on_command", {"commands", "power_on"}},
      {"power_off_command", {"commands", "power_off"}},
      {"hard_reset_command", {"commands", "hard_reset"}},
      {"soft_reboot_command", {"commands", "soft_reboot"}},
      {"connection_command", {"commands", "connect"}},
      {"connections", {"commands", "connections"}},
      {"ssh_host", {"actions", "deploy", "methods", "ssh", "host"}},
      {"ssh_port", {"actions", "deploy", "methods", "ssh", "port"}},
      {"ssh_user", {"actions", "deploy", "methods", "ssh", "user"}},
      {"ssh_identity_file", {"actions", "deploy", "methods", "ssh", "identity_file"}},
  };
  return *places;
}

// Takes every value beneath `node`, by its known name or its path. `actions`, `timeouts` and
// `constants` are LAVA's own and mean nothing to a board but for the places above.
void Flatten(const YAML::Node& node, const std::vector<std::string>& path, LavaVariables* variables,
             const std::string& file) {
  for (const auto& entry : node) {
    std::vector<std::string> keys = path;
    keys.push_back(entry.first.Scalar());
    const int line = entry.first.Mark().line + 1;
    const auto place = std::find_if(Places().begin(), Places().end(),
                                    [&](const Place& known) { return known.keys == keys; });
    const bool on_the_way = std::any_of(Places().begin(), Places().end(), [&](const Place& known) {
      return known.keys.size() > keys.size() &&
             std::equal(keys.begin(), keys.end(), known.keys.begin());
    });
    if (place != Places().end()) {
      variables->by_name[place->variable] = {entry.second, line};
    } else if (on_the_way && entry.second.IsMap()) {
      Flatten(entry.second, keys, variables, file);
    } else {
      std::string name;
      for (const std::string& key : keys) absl::StrAppend(&name, name.empty() ? "" : ".", key);
      variables->left_out.push_back(
          absl::StrCat(file, ":", line, ": ", name, ": not carried over"));
    }
  }
}

}  // namespace

absl::StatusOr<LavaVariables> ReadLavaVariables(absl::string_view text, const std::string& file) {
  if (absl::StrContains(text, "{%")) return ReadJinja(text, file);
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (!root.IsMap() || !root["commands"])
      return absl::InvalidArgumentError(absl::StrCat(
          file, ":1: no LAVA device: neither {% set NAME = VALUE %} nor YAML with 'commands'"));
    LavaVariables variables;
    Flatten(root, {}, &variables, file);
    return variables;
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace roxlab
